"""People named in an item, in five languages, without any model."""

from bot.language.names.people import people, voices

__all__ = ["people", "voices"]
