"""The national interface (VXP) spoken as a client: towards the national axis, or any axis that serves it."""
