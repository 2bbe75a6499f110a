"""Who may give and when: dated criteria, deferrals with their reasons, the questionnaire.

``criteria`` is the only place that answers; lists, pages and messages all ask it.
"""
