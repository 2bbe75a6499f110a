"""Guards about blood; ``donors.guards`` explains how they are loaded."""
