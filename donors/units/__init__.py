"""The tree of organisations with its history: officers, members, lists of people.

A level above sees counts over a minimum size, never names.
"""
