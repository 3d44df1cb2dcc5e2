"""A process of its own that runs a piece of background work and dies at a failpoint, as with ``kill -9``."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection


def crash(script: str, *arguments: str, at: str) -> None:
    """Run the script on the test's database and data; it must die at the failpoint ``at``."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@{str(database['HOST']).replace('/', '%2F')}/{database['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lienthong.config.settings",
        "LIENTHONG_DATA_DIR": str(settings.DATA_DIR),
        "LIENTHONG_MASTER_KEY_FILE": str(settings.MASTER_KEY_FILE),
        "LIENTHONG_LEDGER_KEY_FILE": str(settings.LEDGER_KEY_FILE),
        "LIENTHONG_DATABASE_URL": url,
        "LIENTHONG_FAILPOINTS": f"{at}=crash",
    }
    program = f"import django, sys\ndjango.setup()\n{script}"
    dying = subprocess.run([sys.executable, "-c", program, *arguments], env=environment, timeout=60, check=False)
    assert dying.returncode == -9
