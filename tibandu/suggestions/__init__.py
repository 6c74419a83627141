"""Suggestions 提·办: from draft to close, with each unit's share, contacts, replies, promises and ratings.

For: deputies, the deputy-work committee, the dispatch office, handling units, special committees, the public.
Words: suggestion, proposer, handover, share (assignment), round, objection, extension, contact, reply, promise, rating.
Not: a place where the rated unit can touch a rating.
"""
