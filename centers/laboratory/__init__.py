"""Tests and what follows from them: readings by two people, groups, separation, release.

A reactive reading takes its bags out of stock in the same transaction.
"""
