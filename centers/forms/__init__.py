"""Parts of forms that several rooms share: their layout, the question about a foreign number.

A room's own forms live in the room.
"""
