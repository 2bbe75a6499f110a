"""Organisations as a tree with a history: their officers, their members, lists of people.

A level above reads counts over a minimum size, never names.
"""
