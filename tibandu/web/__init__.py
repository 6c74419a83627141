"""The shell: settings, addresses, sign-in, desk, search page, API root, base templates, assets.

For: everybody who opens a page or calls the API.
Words: desk, hat switcher, page, fragment.
Not: a home for domain logic.
"""
