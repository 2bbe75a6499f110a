"""The situation room: the country, one operation, one plan, and what came of it; it only reads."""
