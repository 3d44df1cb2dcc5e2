"""The tree of a package to the model, in one pass over the tables of ``_fields``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from edxml102 import model
from edxml102._diagnosis import shown
from edxml102._envelope import CONTENT_TAG
from edxml102._fields import ATTACHMENT, HEADER, REFERENCE, STATUS, TRACES, Field, Group, strip_cid
from edxml102._node import Node, namespace_of
from edxml102._signature import signature_info
from edxml102.errors import Finding, Severity
from edxml102.limits import Limits
from edxml102.zipcheck import is_unpacked, is_zip_type, same_entry_findings, zip_findings

_ENVELOPE_PARTS = ("edXMLHeader", "edXMLBody")
_HEADER_PARTS = ("MessageHeader", "TraceHeaderList", "Signature", "DigitalSignature")
_MANIFESTS = ("edXMLManifest", "Manifest")
_ATTACHMENT = "AttachmentEncoded/Attachment"
_INDEX = re.compile(r"\[[0-9]+\]")
_DOUBLED = {
    "MessageHeader/DocumentId": "header.document_id.doubled",
    f"{_ATTACHMENT}/{CONTENT_TAG}": "attachment.content.doubled",
}
_ID = {"edXMLEnvelope": "envelope", "edXMLHeader": "envelope.header", "MessageHeader": "header"}
Parts = dict[str, list[Node]]


class Assembler:
    """Builds one package; what is structurally wrong goes to ``findings``."""

    def __init__(self, root: Node, limits: Limits, findings: list[Finding]) -> None:
        self._root = root
        self._limits = limits
        self._findings = findings
        self._extras: list[model.Extra] = []
        self._unread: dict[Node, None] = {}
        self._reported: set[str] = set()  # paths: a package may repeat one fault thousands of times

    def package(self) -> model.Package | None:
        """Build the package; ``None`` when there is no MessageHeader in an envelope (3.1)."""
        parts = self._parts(self._root, ("edXMLEnvelope", "AttachmentEncoded"))
        envelope = self._only(parts["edXMLEnvelope"], self._root, "edXMLEnvelope")
        if envelope is None:
            return None
        self._check_namespace(envelope)
        inner = self._parts(envelope, _ENVELOPE_PARTS)
        header = self._only(inner["edXMLHeader"], envelope, "edXMLHeader")
        if header is None:
            return None
        heads = self._parts(header, _HEADER_PARTS)
        message = self._only(heads["MessageHeader"], header, "MessageHeader")
        if message is None:
            return None
        if any(child.name == "StatusCode" for child in message.children):
            unread = (*parts["AttachmentEncoded"], *inner["edXMLBody"], *heads["TraceHeaderList"])
            self._unread = dict.fromkeys(unread)
            return self._status(message)
        signature = self._signature(heads, (header, envelope, self._root))
        return self._document(message, heads, signature, inner["edXMLBody"], parts["AttachmentEncoded"])

    # -- the two kinds

    def _status(self, message: Node) -> model.StatusPackage:
        values = self._values(STATUS, message, "MessageHeader")
        unread = [self._extra(node) for node in self._unread]  # a status has no such parts (3.3)
        values["extras"] = (*values.get("extras", ()), *self._extras, *unread)
        return model.StatusPackage(**values)

    def _document(
        self,
        message: Node,
        heads: Parts,
        signature: model.SignatureInfo | None,
        bodies: Sequence[Node],
        attachments: Sequence[Node],
    ) -> model.DocumentPackage:
        header = model.MessageHeader(**self._values(HEADER, message, "MessageHeader"))
        self._check_steering(message)
        return model.DocumentPackage(
            header=header,
            trace=self._trace(heads["TraceHeaderList"]),
            signature=signature,
            manifest=self._manifest(bodies),
            attachments=self._attachments(attachments),
            extras=tuple(self._extras),
        )

    def _check_steering(self, message: Node) -> None:
        """Receivers on the national SDK lose the whole file over one that is empty or padded (protocol, section 7);
        other texts that are no integer are found by the rules."""
        for node in message.children:
            if node.name == "SteeringType" and (not node.text or node.text != node.text.strip()):
                sentence = (
                    "SteeringType rỗng hoặc có khoảng trắng; bên nhận sẽ mất cả gói. Hãy ghi đúng một số, hoặc bỏ."
                )
                self._error("header.steering_type.padded", "MessageHeader/SteeringType", sentence, node)

    def _trace(self, nodes: Sequence[Node]) -> model.TraceHeaderList:
        if not nodes:
            return model.TraceHeaderList()
        for node in nodes[1:]:
            self._doubled(node, node.name)
        values = self._values(TRACES, nodes[0], "TraceHeaderList")
        return model.TraceHeaderList(id=nodes[0].attribute("id"), version=nodes[0].attribute("version"), **values)

    def _signature(self, heads: Parts, ancestors: Sequence[Node]) -> model.SignatureInfo | None:
        # An empty element stands for none (3.2.3).
        nodes = [node for name in ("Signature", "DigitalSignature") for node in heads[name] if node.children]
        for node in nodes[1:]:
            self._doubled(node, node.name)
        return signature_info(nodes[0], namespace_of(nodes[0], ancestors)) if nodes else None

    def _manifest(self, bodies: Sequence[Node]) -> tuple[model.ManifestReference, ...]:
        lists = [node for body in bodies for nodes in self._parts(body, _MANIFESTS).values() for node in nodes]
        for node in (*bodies[1:], *lists[1:]):
            self._doubled(node, node.name)
        return tuple(self._reference(node) for one in lists for node in self._parts(one, ("Reference",))["Reference"])

    def _reference(self, node: Node) -> model.ManifestReference:
        values = self._values(REFERENCE, node, "edXMLManifest/Reference")
        values["content_id"] = values.get("content_id") or strip_cid(node.attribute("href"))
        return model.ManifestReference(**values)

    # -- attachments

    def _attachments(self, lists: Sequence[Node]) -> tuple[model.Attachment, ...]:
        for node in lists[1:2]:
            message = "Gói có hai phần tử AttachmentEncoded; bên nhận có thể bỏ sót tệp. Hãy gộp làm một."
            self._error("attachment.list.doubled", node.name, message, node)
        nodes = [node for one in lists for node in self._parts(one, ("Attachment",))["Attachment"]]
        entries: list[tuple[str, str]] = []
        attachments = tuple(self._attachment(node, n, entries) for n, node in enumerate(nodes, 1))
        self._findings += same_entry_findings(entries, path="AttachmentEncoded")
        return attachments

    def _attachment(self, node: Node, n: int, entries: list[tuple[str, str]]) -> model.Attachment:
        path = f"{_ATTACHMENT}[{n}]"
        values = self._values(ATTACHMENT, node, path)
        attachment = model.Attachment(**values)
        content = next((child.content for child in node.children if child.content), None)
        # No content at all is an attachment of 0 bytes to receivers (section 7), whatever its type.
        if content is None or content.listing is None or not content.view.size:
            return attachment
        name, kind = attachment.attachment_name, attachment.content_type
        if is_zip_type(kind):
            found = zip_findings(name, kind, content.listing, limits=self._limits, path=path)
            self._findings += [replace(finding, line=node.line) for finding in found]
        if is_unpacked(kind, name) and content.listing.count == 1:
            entries += [(name, entry.name) for entry in content.listing.entries]
        return attachment

    # -- elements

    def _values(self, group: Group, node: Node, path: str) -> dict[str, Any]:
        """Read the children of a group; unknown ones are kept in ``extras``."""
        values: dict[str, Any] = {}
        extras: list[model.Extra] = []
        fields = group.fields
        for child in node.children:
            field = fields.get(child.name)
            if field is None:
                extras.append(self._extra(child))
            elif field.inside:
                values.setdefault(field.attribute, []).extend(self._inside(field, child, path, extras))
            elif field.many:
                values.setdefault(field.attribute, []).append(self._value(field, child, path, extras))
            elif field.attribute in values:
                self._doubled(child, f"{path}/{child.name}")
            else:
                values[field.attribute] = self._value(field, child, path, extras)
        for attribute in group.lists:
            if attribute in values:
                values[attribute] = tuple(values[attribute])
        if extras:
            values["extras"] = tuple(extras)
        return values

    def _value(self, field: Field, node: Node, path: str, extras: list[model.Extra]) -> Any:
        if field.group is not None:
            return field.group.factory(**self._values(field.group, node, f"{path}/{node.name}"))
        if node.children:
            extras.append(self._extra(node))
        return field.read(node)

    def _inside(self, field: Field, node: Node, path: str, extras: list[model.Extra]) -> Iterator[Any]:
        unknown = [child for child in node.children if child.name != field.inside]
        if unknown:
            extras.append(model.Extra(name=node.name, children=tuple(self._extra(child) for child in unknown)))
        for child in node.children:
            if child.name == field.inside:
                yield self._value(field, child, f"{path}/{node.name}", extras)

    def _parts(self, node: Node, names: Sequence[str]) -> Parts:
        """Sort the children of a container by name; unknown ones go to the package's extras."""
        parts: Parts = {name: [] for name in names}
        for child in node.children:
            if child.name in parts:
                parts[child.name].append(child)
            else:
                self._extras.append(self._extra(child))
        return parts

    def _extra(self, node: Node) -> model.Extra:
        if node.name == "AttachmentEncoded" and node not in self._unread and node.name not in self._reported:
            self._reported.add(node.name)
            message = (
                "AttachmentEncoded nằm sai chỗ nên bên nhận sẽ không thấy tệp đính kèm. "
                "Hãy đặt nó ngay dưới phần tử gốc, bên cạnh edXMLEnvelope."
            )
            self._error("attachment.inside_envelope", node.name, message, node)
        return model.Extra(
            name=node.name,
            text=node.text.strip(),
            attributes=tuple((k, v) for k, v in node.attributes.items() if k != "xmlns" and k[:6] != "xmlns:"),
            children=tuple(self._extra(child) for child in node.children),
        )

    # -- findings

    def _only(self, nodes: Sequence[Node], parent: Node, name: str) -> Node | None:
        """The one container of that name. Two readers may pick different ones, so two are refused."""
        if not nodes:
            self._error(f"{_ID[name]}.missing", name, f"Gói không có phần tử {name}.", parent)
            return None
        for node in nodes[1:2]:
            message = f"Phần tử {name} xuất hiện nhiều lần, bên nhận có thể hiểu khác nhau. Hãy chỉ giữ một."
            self._error(f"{_ID[name]}.doubled", name, message, node)
        return nodes[0]

    def _doubled(self, node: Node, path: str) -> None:
        if path in self._reported:
            return
        self._reported.add(path)
        if id_ := _DOUBLED.get(_INDEX.sub("", path)):
            message = f"Phần tử {node.name} xuất hiện hai lần, bên nhận có thể hiểu khác nhau. Hãy chỉ giữ một."
            self._error(id_, path, message, node)
            return
        message = f"Phần tử {node.name} chỉ được có một; đã lấy phần tử đầu tiên (dòng {node.line} bị bỏ qua)."
        self._findings.append(Finding("element.doubled", Severity.WARNING, path, message, node.line))

    def _check_namespace(self, envelope: Node) -> None:
        found = namespace_of(envelope, (self._root,))
        if found != model.NAMESPACE:
            what = f"thuộc không gian tên “{shown(found)}”" if found else "không có không gian tên"
            message = f"edXMLEnvelope {what}; quy chuẩn yêu cầu “{model.NAMESPACE}”."
            self._error("xml.namespace", "edXMLEnvelope", message, envelope)

    def _error(self, id_: str, path: str, message: str, node: Node) -> None:
        self._findings.append(Finding(id_, Severity.ERROR, path, message, node.line))
