"""What comes in: the catalogue of feeds, fetching, parsing, the clock of every feed."""
