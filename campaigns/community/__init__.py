"""Thanks to units: recognition by bands, and a unit's own tally. Nobody is named, ranked or pressed."""
