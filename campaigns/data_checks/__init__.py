"""Questions about messages (see ``donors.data_checks``)."""
