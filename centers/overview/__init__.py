"""The first page of a centre: waiting work, and this month's incidents.

The highest room: it reads from all the others.
"""
