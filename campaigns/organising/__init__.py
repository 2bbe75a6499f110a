"""Memos down the tree of units, their answers, and the campaigns that units organise.

A memo orders the organisation of a campaign, never the giving of blood.
"""
