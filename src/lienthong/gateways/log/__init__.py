"""The evidence log as anybody may read it: C2SP tlog-tiles, below ``/log/``. It tells hashes only, never who wrote to
whom (docs/adr/0010)."""
