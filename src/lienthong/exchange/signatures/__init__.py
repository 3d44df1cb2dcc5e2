"""Signatures of packages and of the PDF files in them: checked, explained and kept with the document.

``results`` and ``findings`` (pure) say what the outcome can be; ``pdf`` and ``envelope`` check one thing each,
``trust`` its certificate; ``packages`` puts a whole package together. ``policies`` asks at the door, ``checking`` works
beside it.
"""
