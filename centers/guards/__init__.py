"""The guards of blood; how they are loaded is told in ``donors.guards``."""
