"""A session while it runs: arrivals, the doctor, the chair, numbers, paper, the closing sheet.

What is recorded here stays; a correction is a further row.
"""
