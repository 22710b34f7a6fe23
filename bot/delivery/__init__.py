"""The outbox: every decided alert reaches every chat that should have it, once."""
