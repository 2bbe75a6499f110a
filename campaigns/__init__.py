"""Asking: relief operations, memos, campaigns, appeals, and every message that leaves the system.

The highest app: it reads the rows that ``centers`` and ``donors`` record, and tells people.
"""
