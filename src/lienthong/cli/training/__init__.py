"""``lienthong run --training``: the made-up city as a place to learn in, played by programs of its own.

``run`` starts and stops everything, ``build`` makes the city, ``clean`` keeps how it was, ``offices`` are the agencies
that answer, ``drama`` decides what happens next, ``incidents`` and ``materials`` play what was asked for on the page.
"""
