"""`nabat feeds …`: what feeds.yaml says, how its feeds are, and feeds taken over from elsewhere."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import NabatError, UserMistake
from bot.news import catalogue, opml
from bot.news.addresses import Addresses
from bot.news.amend import Addition, amend, line
from bot.news.catalogue import FEED_LANGUAGES
from bot.news.discover import discover
from bot.news.failures import FetchError, HostileFeed, HtmlPage, NotAFeed
from bot.news.fetch import Fetched, Fetcher, FetchRequest
from bot.news.parse import parse
from bot.parts import open_store
from bot.settings import Settings, load
from bot.store.addresses import decisions
from bot.store.news import FeedState, listed_feeds, save_catalogue

app = typer.Typer(help="Feeds: the file and their state.", no_args_is_help=True)

WIDE = 300
"""Columns of output that goes into a file or a pipe: nothing is cut off there."""

Language = Annotated[str | None, typer.Option("--language", help="of feeds that do not say theirs: en ru uk kk ky …")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be added; change nothing.")]


@app.command()
def check() -> None:
    """Read feeds.yaml and say what is wrong with it, by line and field."""
    path = load().feeds_path
    found = catalogue.load(path)
    typer.echo(f"{path}: {len(found.feeds)} feeds of {len(found.outlets)} outlets, no mistakes.")


@app.command("list")
def list_() -> None:
    """Every feed: how it is and since when, its last news, and the address it asks to be moved to."""

    async def work() -> tuple[tuple[FeedState, ...], Addresses]:
        settings = load()
        found = catalogue.load(settings.feeds_path)
        async with open_store(settings) as store, store.write() as session:
            await save_catalogue(session, found.outlets, found.feeds)
            return await listed_feeds(session), Addresses(await decisions(session))

    states, addresses = asyncio.run(work())
    table = Table("outlet", "language", "country", "health", "last good poll", "last news", "trouble", "address")
    for state in states:
        table.add_row(
            state.feed.outlet,
            state.feed.language,
            state.feed.country or "",
            _health(state),
            f"{state.succeeded_at:%F %H:%M}" if state.succeeded_at else "never",
            f"{state.new_item_at:%F %H:%M}" if state.new_item_at else "",
            state.trouble or state.health_why or "",
            state.feed.url,
        )
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console = Console(soft_wrap=True, width=WIDE)
    console.print(table)
    for state in states:
        for told in _moves(state, addresses):
            console.print(f"{state.feed.url} {told}", markup=False)


def _moves(state: FeedState, addresses: Addresses) -> Iterator[str]:
    """Where it is read instead, and where else its server sends us."""
    decision, proposed = addresses.decided(state.id), addresses.proposed(state)
    if decision is not None and decision.accepted:
        yield f"is read at {decision.url}, as a moderator decided; change it in feeds.yaml."
    elif decision is not None:
        yield f"stays, as a moderator decided, though it moved for good to {decision.url}."
    if proposed is not None:
        yield f"moved for good to {proposed}; accept that with /feeds in the chat, or change it in feeds.yaml."


def _health(state: FeedState) -> str:
    if state.polled_at is None:
        return "not polled yet"
    if state.health != "good":
        return f"{state.health} since {state.health_since:%F %H:%M}" if state.health_since else state.health
    return "good" if state.suspect is None else f"good ({state.suspect}? {state.suspect_polls} polls)"


@app.command()
def export() -> None:
    """Print feeds.yaml as OPML, which every feed reader imports."""
    typer.echo(opml.write(catalogue.load(load().feeds_path)), nl=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="an OPML file")], language: Language = None, dry_run: DryRun = False
) -> None:
    """Add the feeds of an OPML file to feeds.yaml; its comments and order stay as they are."""
    try:
        outlines = opml.read(file.read_bytes())
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}; check its path.") from None
    additions = [
        Addition(o.url, o.title, o.home or _home(o.url), _language(o.language, language, o.url)) for o in outlines
    ]
    _add(additions, dry_run)


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="of a feed, or of a page that names its feeds")],
    language: Language = None,
    country: Annotated[str | None, typer.Option("--country", help="ISO 3166-1, such as KG")] = None,
    dry_run: DryRun = False,
) -> None:
    """Find the feeds of a page, or take the address of a feed, and add them to feeds.yaml."""
    address = address if "://" in address else f"https://{address}"
    try:
        found = asyncio.run(_found(load(), address))
    except (FetchError, HostileFeed) as error:
        raise UserMistake(f"Nothing was added: {address} gave no feed, because {error}. Try it in a browser.") from None
    additions = [
        Addition(url, title or _host(url), _home(address), _language(told, language, url), country)
        for url, title, told in found
    ]
    _add(additions, dry_run)


async def _found(settings: Settings, address: str) -> list[tuple[str, str, str | None]]:
    """(address, title, language) of each feed at an address, or named by the page there."""
    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    async with Fetcher(settings.user_agent, allow=settings.allow_hosts, proxy=proxy) as fetcher:
        answer = await fetcher.get(FetchRequest(address))
    assert isinstance(answer, Fetched)  # nothing conditional was asked
    try:
        parsed = parse(answer.body, answer.content_type, answer.url)
        return [(address, parsed.title, (parsed.language or "")[:2].lower() or None)]
    except (HtmlPage, NotAFeed):
        feeds = discover(answer.body, answer.content_type, answer.url)
    if not feeds:
        raise UserMistake(f"{address} is no feed, and names none; look on the page for a link called RSS.")
    return [(feed.url, feed.title, None) for feed in feeds]


def _language(told: str | None, chosen: str | None, url: str) -> str:
    for language in (chosen, told):
        if language in FEED_LANGUAGES:
            return str(language)
    raise UserMistake(f"In which language is {url}? Add --language with one of: {', '.join(FEED_LANGUAGES)}.")


def _home(url: str) -> str:
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _add(additions: Sequence[Addition], dry_run: bool) -> None:
    """Write the file only if what comes of it can be read whole."""
    path = load().feeds_path
    before = path.read_text(encoding="utf-8")
    text, added = amend(before, catalogue.load(path), additions)
    _checked(text)
    if dry_run:
        for addition in additions:
            typer.echo(line(addition))
    elif added:
        _replace(path, text)
    typer.echo(f"{path}: {added} feeds {'would be ' if dry_run else ''}added, {len(additions) - added} listed already.")


def _checked(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "feeds.yaml"
        trial.write_text(text, encoding="utf-8")
        catalogue.load(trial)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise NabatError(
            f"{path} cannot be written: {error.strerror}; set NABAT_FEEDS_FILE to a copy of yours."
        ) from None
