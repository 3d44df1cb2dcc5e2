"""``make torture``: TORTURE_SECONDS (300), TORTURE_SEED (made up, and told)."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from pathlib import Path

from tests.torture.run import Torture


def main() -> None:
    seed = int(os.environ.get("TORTURE_SEED") or secrets.randbelow(1_000_000))
    seconds = float(os.environ.get("TORTURE_SECONDS") or 300)
    folder = Path("var").absolute() / f"torture-{seed}-{os.getpid()}"
    folder.mkdir(parents=True)
    torture = Torture(folder, seed)
    torture.log(f"seconds {seconds:.0f}, data in {folder}")
    wrong = torture.run(seconds=seconds)
    if wrong:
        torture.log(f"{len(wrong)} things are wrong; again with TORTURE_SEED={seed}. Kept: {folder}")
        sys.exit(1)
    torture.log("everything is as it must be")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
