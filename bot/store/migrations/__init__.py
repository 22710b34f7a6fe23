"""Alembic migrations; they are run when the service starts."""
