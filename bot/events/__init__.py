"""Which event an item reports, and where the case stands."""
