"""Health, metrics, backup, doctor."""
