"""Named places where a test makes the process fail, so that every durable step is proven under a crash.

``LIENTHONG_FAILPOINTS="segment.after_write=crash"`` kills the process (as ``kill -9`` would) the first time that place
is reached; ``=error`` raises ``OSError(ENOSPC)`` there every time. Unset, a failpoint costs one dictionary look-up.
"""

from __future__ import annotations

import errno
import os
import signal

from lienthong.common import env

NAMES = (
    "segment.before_write",
    "segment.after_write",
    "segment.after_sync",
    "exchange.before_commit",
    "exchange.after_commit",
    "exchange.before_reply",
    "delivery.before_confirm",
    "delivery.after_confirm",
    "signatures.before_record",
    "dispatch.after_claim",
    "dispatch.before_finish",
    "dispatch.after_finish",
    "outgoing.before_accept",
    "outgoing.after_accept",
    "records.before_report",
    "records.after_report",
    "link.after_accept",
)


def _parse(text: str) -> dict[str, str]:
    armed = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    unknown = [name for name, action in armed.items() if name not in NAMES or action not in {"crash", "error"}]
    if unknown or not armed:
        raise ValueError(f"không có điểm {', '.join(unknown) or text}; dùng tên=crash hoặc tên=error")
    return armed


ARMED = env.read("LIENTHONG_FAILPOINTS", _parse, dict[str, str]())


def hit(name: str) -> None:
    """Fail here when armed.

    :raises OSError: ENOSPC, when armed with ``error``.
    """
    action = ARMED.get(name)
    if action is None:
        return
    if action == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.ENOSPC, f"failpoint {name}")
