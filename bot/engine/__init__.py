"""What drives polls and sending: one process, or many."""
