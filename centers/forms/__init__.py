"""Form parts that several rooms share: layout, the question about another facility's number.

A room's own forms are in the room.
"""
