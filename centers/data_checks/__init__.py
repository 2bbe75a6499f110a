"""Questions about bags, stock and places (see ``donors.data_checks``)."""
