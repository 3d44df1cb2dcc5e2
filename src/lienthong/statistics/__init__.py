"""Figures of exchange per agency, level and period, each of which opens the list of its documents."""
