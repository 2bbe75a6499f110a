"""A running session: arrivals, the doctor, the chair, numbers, paper, the closing sheet.

Records are never changed; a correction is a further row.
"""
