"""Alarms about bags: told to those who hold them, chased until answered, passed to the manager."""
