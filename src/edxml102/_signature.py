"""What a Signature element says about itself (3.2.3); nothing is verified here."""

from __future__ import annotations

from collections.abc import Iterator

from edxml102._node import Node
from edxml102.model import SignatureInfo


def signature_info(node: Node, namespace: str) -> SignatureInfo:
    """Read the element; ``namespace`` is its own, and decides whether anybody could verify it (quirk 3)."""
    info = _first(node, "SignedInfo")
    references = list(_children(info, "Reference"))
    data = _first(_first(node, "KeyInfo"), "X509Data")
    subject = _first(data, "X509SubjectName")
    return SignatureInfo(
        namespace=namespace,
        canonicalization=_algorithm(_first(info, "CanonicalizationMethod")),
        signature_method=_algorithm(_first(info, "SignatureMethod")),
        digest_methods=tuple(_algorithm(_first(one, "DigestMethod")) for one in references),
        reference_uris=tuple(one.attribute("URI") for one in references),
        subject_name=subject.text.strip() if subject else "",
    )


def _children(node: Node | None, name: str) -> Iterator[Node]:
    return (child for child in (node.children if node else ()) if child.name == name)


def _first(node: Node | None, name: str) -> Node | None:
    return next(_children(node, name), None)


def _algorithm(node: Node | None) -> str:
    return node.attribute("Algorithm") if node else ""
