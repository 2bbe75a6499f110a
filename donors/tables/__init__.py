"""Tables of figures: as files, and which figures to withhold."""
