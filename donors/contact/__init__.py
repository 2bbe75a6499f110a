"""How a person may be reached: addresses proved by a code, consent, and erasure.

Nothing is sent from here; ``campaigns.messaging`` does that.
"""
