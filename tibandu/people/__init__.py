"""Who acts: congresses, terms, sessions, organs, units, persons, seats, posts, groups, accounts.

For: the congress office, which keeps the rolls; every other room, which asks what an actor may do.
Words: congress, organ, unit, person, seat, post, appointment, hat, actor, competence.
Not: a place where a right is decided by the name of a group; rights follow from the hat one wears.
"""
