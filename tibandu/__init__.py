"""Tibandu (提办督): the whole life of deputies' suggestions in people's congresses, and of the work around them."""

__version__ = "0.1.0"
