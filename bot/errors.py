"""The one error root. Its subclasses are nouns, and their docstring is the default message."""

from __future__ import annotations

import inspect


class NabatError(Exception):
    """Something went wrong in Nabat."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or NabatError.__doc__ or ""))


class ConfigurationError(NabatError):
    """The configuration is wrong. The message names the file, the line and the field, and how to mend it."""


class UserMistake(NabatError):
    """What a person entered cannot be used. The message says, in one sentence, how to mend it."""
