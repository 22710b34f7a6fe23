"""`nabat match` and `nabat evaluate`: items in JSON lines, judged as the service judges them, without a database."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from bot.errors import UserMistake

Row = Mapping[str, Any]


class LineReader:
    """Judges rows one after another; events are remembered for as long as it lives."""

    def __init__(self) -> None:
        from bot.analyst import Analyst
        from bot.events.book import Book
        from bot.keywords import pack
        from bot.settings import load

        rules = pack.load(load().keywords_path)
        self._analyst = Analyst(rules.rules, rules.groups)
        self._book = Book()

    def answer(self, row: Row) -> dict[str, Any]:
        """What `nabat match` says of a row. Rows that no rule met are described and placed all the same: who asks
        why an item was missed sees what it is about, and which event it would have belonged to."""
        from bot.alerts.summary import quote
        from bot.events.describe import describe
        from bot.events.report import Report

        item = read_item(row)
        analysis = self._analyst.read(item)
        found = analysis.description or describe(analysis.document, analysis.matches)
        report = Report(item.id, found, item.title, item.outlet, item.published or datetime.now(UTC))
        places = tuple(place for match in analysis.matches for place in match.places)
        return {
            "id": row["id"],
            "relevant": bool(analysis.matches),
            "rules": [match.rule for match in analysis.matches],
            "topics": [topic.value for topic in found.topics],
            "countries": list(found.countries),
            "persons": [person.name for person in found.people],
            "event": self._book.place(report),
            "excerpt": quote(item.title, item.summary, places).excerpt,
        }

    def close(self) -> None:
        self._analyst.close()


def match(
    items: Annotated[Path | None, typer.Argument(help="JSON lines; standard input where none is named.")] = None,
) -> None:
    """JSON lines in, one JSON line out for each, in order: what the rules make of every item."""
    reader = LineReader()
    with nullcontext(sys.stdin) if items is None else _open(items) as file:
        for row in rows(file):
            typer.echo(json.dumps(reader.answer(row), ensure_ascii=False))
    reader.close()


def evaluate(
    items: Annotated[Path, typer.Argument(help="Labelled items in JSON lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="The rates as one JSON object.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List every item that was judged wrongly.")] = False,
) -> None:
    """Rate matching, topics, countries, people and events against labelled items."""
    from bot.events import evaluate as events
    from bot.keywords import evaluate as keywords
    from bot.keywords.evaluate import Said, gold

    with _open(items) as file:
        labelled = list(_labelled(rows(file)))
    reader = LineReader()
    began = time.perf_counter()
    answers = [(row, reader.answer(row)) for row in labelled]
    seconds = time.perf_counter() - began
    reader.close()
    judged = [(gold(row), Said(tuple(said["rules"]), frozenset(said["topics"]))) for row, said in answers]
    rates = keywords.report(judged) | events.report(answers)
    rates["items_per_second"] = round(len(answers) / seconds, 1) if seconds else 0.0
    if as_json:
        typer.echo(json.dumps(rates, ensure_ascii=False))
        return
    typer.echo(keywords.table(judged))
    for name in ("countries", "persons", "persons_in_text", "events"):
        rate = rates[name]
        typer.echo(f"{name.replace('_', ' '):<15}{rate['precision']:>8.3f}{rate['recall']:>8.3f}{rate['f1']:>8.3f}")
    for merge in rates["events"]["wrong_merges"]:
        typer.echo(f"WRONG MERGE {' + '.join(merge['items'])}: {' / '.join(merge['titles'])}")
    typer.echo(f"{len(answers)} items, {rates['items_per_second']} a second, dictionaries loaded on the way")
    if errors:
        typer.echo(keywords.errors(judged))


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """JSON objects from lines, blank ones passed over. Raises UserMistake that names the line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserMistake(f"Line {number} is not JSON: {error.msg} at column {error.colno}.") from None
        if not isinstance(row, dict) or not {"id", "title"} <= set(row):
            raise UserMistake(f'Line {number} must be an object with at least "id" and "title".')
        yield row


def read_item(row: Row) -> Any:
    """An Item from a row; `lang`, `published` and all but `id` and `title` may be missing."""
    from bot.model import Item

    published = row.get("published")
    try:
        moment = datetime.fromisoformat(published) if published else None
    except (TypeError, ValueError):
        raise UserMistake(f"Item {row['id']}: “published” must be an ISO 8601 date with its zone.") from None
    return Item(
        id=str(row["id"]),
        title=str(row["title"] or ""),
        summary=str(row.get("summary") or ""),
        url=row.get("url"),
        outlet=str(row.get("outlet") or ""),
        language=row.get("lang") or None,
        published=moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment,
    )


def _labelled(found: Iterable[Row]) -> Iterator[Row]:
    for row in found:
        if "label" not in row:
            raise UserMistake(f'Item {row["id"]} has no "label"; `nabat match` takes items without labels.')
        yield row


def _open(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8")
    except OSError as error:
        raise UserMistake(f"{path} cannot be read: {error.strerror}.") from None
