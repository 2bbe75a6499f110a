"""Who somebody is: names in two scripts, documents, finding a person, two rows of one person.

Health facts and documents are read here, and each reading is logged (``privacy``).
"""
