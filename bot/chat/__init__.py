"""Conversations with readers and moderators on Telegram."""
