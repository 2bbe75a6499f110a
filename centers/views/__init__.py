"""What views of several rooms share: showing a rule's refusal.

A room's own pages live in the room.
"""
