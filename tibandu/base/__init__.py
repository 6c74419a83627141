"""Tools without a word of the domain: flows, the journal, clocks, numbers, files, search text, sheets, papers.

For: every other room.
Words: step, flow, guard, refusal, journal line, chain, due day, sheet, paper.
Not: anything that knows what a deputy or a suggestion is.
"""
