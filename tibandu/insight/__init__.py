"""Insight 研判: figures of every room side by side, what they hide, and the same matter through the years.

For: congress, committees, government, commission and courts, units, deputies, each over the rows in its own sight.
Words: figure, period, scissors (satisfied beside done), family (the same matter asked again), kin.
Not: a source of anything: every number opens the rows it counts, and its one table can be made anew from the texts.
"""
