"""The national SDK's client interface (VXP), re-served: the same calls, headers, signatures and answers."""
