"""QCVN 102:2016 edXML packages: models, streaming reader, writer and rules.

A pure library: no framework, no network, no clock, no database. Start with ``model`` (what a package holds),
``reader`` (bytes to model) and ``rules`` (what the standard asks).
"""
