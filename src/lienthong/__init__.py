"""Liên thông: the electronic document axis of a city (trục liên thông văn bản điện tử 4 cấp)."""

__version__ = "0.1.0"
