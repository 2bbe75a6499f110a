"""Bags that leave: requests of hospitals, reservations, issues, transfers between centres.

Nothing leaves but by ``centers.inventory.stock``, whose movements the database checks.
"""
