"""Outgoing documents (văn bản đi): drafting, numbering, sending, following, asking back.

Start with ``states`` (what may happen when), ``metadata`` and ``composing`` (pure), then ``services``.
"""
