"""Oversight 督: what follows the reply, from the promise to the deed.

For: committees and their leaders, the deputy-work committee, the procuratorate, finance, units that promised, deputies.
Words: programme (key, joint, tracking supervision), finding, statement, fund, project, payment, referral, packet, draw.
Not: a second copy of a suggestion's state; it reads that and moves it by the suggestions room's own verbs.
"""
