"""What makes two packages the same document although their bytes differ (design section 4).

Clients resend whole, rebuilt or to more people. The fingerprint covers number, notation, date, subject, what an update,
recall or replacement acts on, and the attachments' hashes; not trace, signature, staff, addressees or white space.
"""

from __future__ import annotations

import hashlib
import json

from edxml102.model import DocumentPackage


def content_fingerprint(package: DocumentPackage) -> bytes:
    """SHA-256 over the canonical content (32 bytes)."""
    header, bussiness = package.header, package.trace.bussiness
    content: list[object] = [
        header.code.number,
        header.code.notation,
        header.promulgation_info.promulgation_date,
        " ".join(header.subject.split()),
        sorted(attachment.view.sha256.hex() for attachment in package.attachments if attachment.view),
    ]
    if bussiness.document_type not in ("", "0"):
        content.append(_business_content(package))
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()


def _business_content(package: DocumentPackage) -> list[object]:
    bussiness = package.trace.bussiness
    return [
        " ".join(bussiness.reason.split()),
        bussiness.document_id,
        [[answered.organ_id, answered.document_id] for answered in package.header.response_for],
        [[replaced.document_id, *replaced.organ_ids] for replaced in bussiness.replacements],
        [
            [change.document_info, change.document_receiver, [[r.organ_id, r.receiver_type] for r in change.receivers]]
            for change in bussiness.document_info
        ],
    ]
