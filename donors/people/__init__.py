"""Identity of donors: names in two scripts, documents, search, joining two rows of one person.

Health facts and documents are read here, and each access is logged (``privacy``).
"""
