"""What an alert quotes: a headline, and two or three sentences around what matched. Quoted, never rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.model import Places

HEADLINE = 120
EXCERPT = 450
SENTENCES = 3
"""DOMAIN: headline up to 120 characters, two or three sentences up to 450."""

# A sentence ends at . ! ? … before a capital; not after one capital letter (an initial) or a short abbreviation.
_END = re.compile(
    r"(?<!\b[A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺ])(?<!\b(?:им|гг|ул|см|пп|мл|тг|Mr|Dr|St))(?<!\b(?:стр|руб|тыс|млн|Mrs))"
    r"[.!?…]+[»”\"')\]]*\s+(?=[«“\"'(]*[A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺ0-9])|\n+"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """`bold` holds places in `headline` (field "title") and in `excerpt` (field "summary")."""

    headline: str
    excerpt: str
    bold: Places


def quote(title: str, summary: str, places: Places) -> Quote:
    """The headline and excerpt of an item, and where in them its matches stand.

    The excerpt begins with the first sentence if a match stands in the first three, else with the sentence of
    the first match, after an ellipsis.
    """
    headline = shorten(title, HEADLINE)
    start = _start(summary, [begin for name, begin, _ in places if name == "summary"])
    lead = "… " if start else ""
    excerpt = lead + shorten(_window(summary, start), EXCERPT)
    bold = _clip("title", places, 0, 0, headline) + _clip("summary", places, start, len(lead), excerpt)
    return Quote(headline, excerpt if excerpt != headline else "", bold)


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a text begins and ends, in characters."""
    spans, start = [], 0
    for match in _END.finditer(text):
        spans.append((start, match.start() + len(match.group().rstrip())))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def shorten(text: str, limit: int) -> str:
    """The text itself, or its beginning up to a word's end and an ellipsis: at most `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,;:–—-") + "…"


def _start(summary: str, begins: list[int]) -> int:
    spans = sentences(summary)
    if not begins or len(spans) <= SENTENCES or min(begins) < spans[SENTENCES - 1][1]:
        return 0
    return max((begin for begin, _ in spans if begin <= min(begins)), default=0)


def _window(summary: str, start: int) -> str:
    spans = [span for span in sentences(summary) if span[0] >= start][:SENTENCES]
    while len(spans) > 1 and spans[-1][1] - start > EXCERPT:
        spans.pop()
    return summary[start : spans[-1][1]] if spans else ""


def _clip(name: str, places: Places, start: int, lead: int, text: str) -> Places:
    shift, end = lead - start, len(text)
    moved = ((max(b + shift, lead), min(e + shift, end)) for n, b, e in sorted(set(places)) if n == name)
    return tuple((name, begin, stop) for begin, stop in moved if begin < stop)
