"""The SAX driver under feedparser: expat as the standard library drives it, with its texts in one piece.

`xml.sax` leaves expat's text buffer off, so each `&lt;` of escaped markup is an event of its own and feedparser
walks through three methods for it: two thirds of its time on a document that is full of them. feedparser takes its
driver from the modules named in `feedparser.api.PREFERRED_XML_PARSERS`; this is one.
"""

from __future__ import annotations

from typing import Any
from xml.sax.expatreader import ExpatParser

BUFFER = 64 * 1024
"""Characters that expat gathers before it hands a text on."""


class Driver(ExpatParser):
    _parser: Any

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_size = BUFFER
        self._parser.buffer_text = True


def create_parser() -> Driver:
    """Called by `xml.sax.make_parser`."""
    return Driver()
