"""The training ground: personas, incidents that are played, exercises that check themselves, starting over.

Only for an instance made with ``lienthong run --training``, which has a made-up city and nothing else. This package
knows what is offered and what was asked for; ``cli/training`` plays it, ``web/training`` shows it.
"""
