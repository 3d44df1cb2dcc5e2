"""Commands that the exchange may refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lienthong.cli import registry_io as io
from lienthong.registry.errors import RegistryError


@contextmanager
def answering(*, as_json: bool) -> Iterator[None]:
    """As ``registry_io.answering``, for what the exchange refuses too."""
    with io.answering(as_json=as_json):
        from lienthong.exchange.refusals import Refusal  # noqa: PLC0415 - needs Django

        try:
            yield
        except Refusal as refusal:
            reason = refusal.reason
            sentence = f"{reason.sentence} {refusal.detail}".strip()
            raise RegistryError(reason.code, sentence, reason.next_step) from refusal
