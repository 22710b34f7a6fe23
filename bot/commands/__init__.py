"""The commands behind `nabat …`, one module a family; bot/cli.py puts them together."""
