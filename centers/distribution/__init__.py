"""Bags that leave the centre: hospital requests, reservations, issues, transfers between centres.

Bags leave only through ``centers.inventory.stock``, whose movements the database checks.
"""
