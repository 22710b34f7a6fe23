"""Keeps tokens, chat ids and texts out of the log, whatever goes wrong in a conversation."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

OURS = Path(__file__).parents[1]

LOUD = ("httpx", "httpcore", "telegram")
"""httpx logs each URL, with the token in it, at INFO; telegram logs updates and parameters at DEBUG."""


TALES = "telegram.request.BaseRequest"
"""Logs the whole of an answer that is no JSON, and an answer to getUpdates holds what people wrote."""


def silence_libraries() -> None:
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(TALES).setLevel(logging.CRITICAL)


def whereabouts(error: BaseException) -> str:
    """Where an error arose, without its message: messages quote parameters, ids and texts.

    The innermost place, then our own places from the inside out.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames[:-1] if OURS in Path(frame.filename).parents]
    steps = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in (*frames[-1:], *reversed(ours[-4:]))]
    return f"{type(error).__name__} at " + " < ".join(steps)
