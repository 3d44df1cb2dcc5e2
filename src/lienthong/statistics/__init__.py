"""Figures of exchange per agency, level and period (QĐ 28/2018 article 11). Reads only."""
