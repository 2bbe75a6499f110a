"""Asking: relief operations, memos, campaigns, appeals, and every outgoing message.

The highest app: it reads the rows that ``centers`` and ``donors`` record, and informs people.
"""
