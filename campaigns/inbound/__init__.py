"""What comes back: delivery reports, returned mail, complaints, and replies by text.

Nothing that comes in is believed without a signature or a key, nothing counts twice, and no answer
says more than the one who asks knows already.
"""
