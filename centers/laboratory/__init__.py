"""Laboratory: readings by two people, groups, separation, release.

A reactive reading blocks its bags in the same transaction.
"""
