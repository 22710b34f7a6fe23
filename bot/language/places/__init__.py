"""Countries in a text: a table of their names, cities, adjectives and peoples, and the finder that reads with it."""

from bot.language.places.finder import Places, find, look

__all__ = ["Places", "find", "look"]
