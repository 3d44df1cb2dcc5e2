"""Push: packages are posted to the address of a system, signed with its secret (``docs/operations/webhook.md``)."""
