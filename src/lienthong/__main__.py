"""``python -m lienthong``: the same as the command ``lienthong``."""

from lienthong.cli.main import main

main()
