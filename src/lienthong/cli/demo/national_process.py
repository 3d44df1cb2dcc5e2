"""The instance that plays the national axis, as a child of the demonstration: ``python -m … PORT FD``.

It is ``lienthong run --profile national`` without the roles that nobody needs here: all its systems fetch.
"""

from __future__ import annotations

from lienthong.cli import profiles, runtime, serve
from lienthong.cli.demo.web_process import take_over


def main() -> None:
    port = take_over()
    chosen = profiles.enter("national")
    if chosen is None:
        raise RuntimeError("the profile is gone")
    runtime.prepare()
    serve.serve(chosen.set_up(port, serve.address))


if __name__ == "__main__":
    main()
