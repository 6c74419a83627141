"""The local measure as data, the working days, and the library of rules.

For: the deputy-work committee, which keeps the measure; the cases, which are pinned to one of its versions.
Words: document, version, article, limit, category, scale, ground, working day, read receipt.
Not: a place that changes a version to which a case is pinned.
"""
