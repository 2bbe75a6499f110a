"""Eligibility: dated criteria, deferrals with their reasons, the questionnaire.

``criteria`` is the only place that decides; lists, pages and messages all ask it.
"""
