"""The bench: a province in bulk, the default server under real requests, and beside each page its limit.

For whoever changes a query or a template. Its words: a page, its class, its limit, its ratio.
It measures and prints; it is no test, holds no rule of the domain and serves nobody.
"""
