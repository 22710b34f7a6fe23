"""Nabat, a Telegram alert service for people in political exile."""
