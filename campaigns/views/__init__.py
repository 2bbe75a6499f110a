"""What views of several rooms share: answers for everybody, calendar files, QR codes.

A room's own pages live in the room.
"""
