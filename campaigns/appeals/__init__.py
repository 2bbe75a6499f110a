"""Urgent appeals: from a shortage to the people asked, their answers, and the end.

An appeal asks only people who may give, have consented, and were not asked lately.
"""
