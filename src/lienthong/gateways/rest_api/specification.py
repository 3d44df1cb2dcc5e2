"""What the framework cannot read off the code: streamed bodies, downloads, examples, and the problems of every call."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from lienthong.gateways.rest_api.problems import MEDIA_TYPE
from lienthong.gateways.rest_api.schemas import DocumentIn, ProblemOut, StatusIn

_REF = "#/components/schemas/{model}"
_BYTES = {"type": "string", "format": "binary"}
_ADDED: tuple[type[BaseModel], ...] = (ProblemOut, DocumentIn, StatusIn)

DOCUMENT_EXAMPLE = {
    "sender": "H99.01",
    "recipients": [{"code": "H99.30"}, {"code": "H99.31"}],
    "number": "123",
    "notation": "SYT-NVY",
    "issued_on": "2026-03-02",
    "place": "Thành phố Mẫu",
    "type_name": "Công văn",
    "subject": "Về việc phòng, chống dịch bệnh mùa hè (mẫu)",
    "signer": {"full_name": "Nguyễn Văn Mẫu", "position": "Giám đốc"},
    "priority": 1,
    "attachments": [{"name": "Công văn 123.pdf"}, {"name": "Phụ lục số liệu.xlsx"}],
}
STATUS_EXAMPLE = {
    "code": "03",
    "delivery_id": "0198f5a2-7b1c-7d1e-9a52-3f0c6c1e9b10",
    "staff": "Lê Thị Mẫu",
    "department": "Văn thư",
}
_PROBLEM_EXAMPLE = {
    "type": "urn:lienthong:problem:exchange.no_recipient",
    "title": "Không nơi nhận nào nhận được gói tin.",
    "status": 422,
    "detail": "H99.98: Mã cơ quan không có trong danh bạ.",
    "instance": "/api/v1/documents",
    "code": "exchange.no_recipient",
    "next_step": "Xem lý do của từng nơi nhận.",
    "findings": [],
}

SUBMIT_DOCUMENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/edxml+xml": {"schema": _BYTES},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["metadata", "file"],
                    "properties": {
                        "metadata": {"$ref": _REF.format(model="DocumentIn")},
                        "file": {"type": "array", "items": _BYTES, "minItems": 1},
                    },
                },
                "encoding": {"metadata": {"contentType": "application/json"}},
                "example": {"metadata": DOCUMENT_EXAMPLE},
            },
        },
    }
}
REPORT_STATUS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": _REF.format(model="StatusIn")},
                "example": STATUS_EXAMPLE,
            },
            "application/edxml+xml": {"schema": _BYTES},
        },
    }
}
APPEND_UPLOAD: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/partial-upload": {"schema": _BYTES}}}
}


def download(media_type: str, *, ranges: bool = True) -> dict[str, Any]:
    """An operation that answers bytes, whole or in part."""
    content = {media_type: {"schema": _BYTES}}
    if not ranges:
        return {"responses": {200: {"description": "Toàn bộ nội dung", "content": content}}}
    return {
        "parameters": [
            {
                "in": "header",
                "name": "Range",
                "required": False,
                "schema": {"type": "string", "examples": ["bytes=0-1048575"]},
                "description": "Một khoảng byte (RFC 9110).",
            }
        ],
        "responses": {
            200: {"description": "Toàn bộ nội dung", "content": content},
            206: {"description": "Khoảng byte đã hỏi", "content": content},
            304: {"description": "Máy gọi đã có nội dung này (If-None-Match)"},
        },
    }


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Add the schemas nobody refers to in code, and to every operation how it refuses."""
    schemas = document["components"]["schemas"]
    for model in _ADDED:
        schema = model.model_json_schema(ref_template=_REF)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    problem = {
        "description": "Từ chối: problem+json (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemOut")}, "example": _PROBLEM_EXAMPLE}},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = problem
            if not operation["parameters"]:
                del operation["parameters"]
    return document
