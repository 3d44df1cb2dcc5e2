"""Writes about outgoing documents, by what they are about."""
