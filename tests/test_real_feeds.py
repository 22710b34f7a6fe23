"""Real input: every captured feed beside the project is served and polled by the real command."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

import yaml

from bot.demo.feedhost import FeedHost
from bot.news.failures import NotAFeed
from bot.news.parse import parse


async def nabat(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the command as a process; its exit code and everything it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NABAT_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=clean
        | {
            "NABAT_FEEDS_FILE": str(folder / "feeds.yaml"),
            "NABAT_DATA_DIR": str(folder / "data"),
            "NABAT_ALLOW_HOSTS": "127.0.0.1",
        },
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


def entries(path: Path) -> int:
    """How many entries the parser finds in a captured file; none where it is not a feed."""
    try:
        return len(parse(path.read_bytes(), "text/xml", "https://example.org/").entries)
    except NotAFeed:
        return 0


async def test_every_captured_feed_is_stored_whole_and_no_item_twice(tmp_path: Path, shared_feeds: Path) -> None:
    files = [path for path in sorted(shared_feeds.rglob("*")) if path.suffix in (".xml", ".rdf")]
    assert len(files) > 15
    async with FeedHost() as host:
        host.serve_folder(shared_feeds)
        outlets = [
            {
                "id": f"outlet-{number}",
                "name": path.stem,
                "home": "https://example.org",
                "feeds": [{"url": host.url(path.relative_to(shared_feeds).as_posix()), "language": "en"}],
            }
            for number, path in enumerate(files)
        ]
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"outlets": outlets}))
        code, first = await nabat(tmp_path, "poll", "--once")
        again_code, again = await nabat(tmp_path, "poll", "--once")
    assert (code, again_code) == (0, 0), first + again
    assert "Traceback" not in first + again
    assert "bank" in next(line for line in first.splitlines() if "not a feed" in line.lower() or "html" in line.lower())
    with sqlite3.connect(tmp_path / "data" / "nabat.db") as database:
        stored = dict(database.execute("SELECT outlet_id, count(*) FROM items GROUP BY outlet_id").fetchall())
        twice = database.execute(
            "SELECT outlet_id, title, url, published FROM items GROUP BY outlet_id, title, url, published"
            " HAVING count(*) > 1"
        ).fetchall()
        broken = database.execute("SELECT count(*) FROM items WHERE title = '' OR title LIKE '%\ufffd%'").fetchone()
        cyrillic = database.execute(
            "SELECT count(*) FROM items JOIN feeds ON feeds.id = items.feed_id"
            " WHERE feeds.url LIKE '%ibash%' AND items.summary GLOB '*[а-яА-Я]*'"
        ).fetchone()
    assert stored == {f"outlet-{number}": entries(path) for number, path in enumerate(files) if entries(path)}
    assert twice == []
    assert broken == (0,)
    assert cyrillic[0] > 40
    assert "0 new items" in again


async def test_a_dry_run_says_what_it_would_do_and_stores_nothing(tmp_path: Path) -> None:
    async with FeedHost() as host:
        host.feed("wire", language="en").publish("Russian activist detained in Bishkek at Moscow's request")
        outlet = {"id": "wire", "name": "Wire", "home": "https://wire.example"}
        outlet["feeds"] = [{"url": host.url("/wire.xml"), "language": "en", "country": "KG"}]  # type: ignore[assignment]
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [outlet]}))
        _, dry = await nabat(tmp_path, "poll", "--once", "--dry-run")
        _, real = await nabat(tmp_path, "poll", "--once")
    assert "Russian activist detained in Bishkek" in dry
    assert "1 alerts; nothing was stored" in dry
    assert "1 new items, 1 alerts; stored" in real
