"""The first page of a centre: what waits for whom, and what went wrong this month.

The highest room: it reads from all the others.
"""
