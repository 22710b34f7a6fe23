"""Who is let in, and what every answer carries."""

from __future__ import annotations

import pytest
import yarl

from bot.console.gate import HEADERS, admitted, host_names
from tests.console.conftest import Desk

NAMES = host_names("https://nabat.example.org/console", "10.0.0.5", None, "")


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "nabat.example.org", "NABAT.example.org:443"],
)
def test_loopback_and_the_configured_name_are_ours(host: str) -> None:
    assert admitted(host, NAMES)


@pytest.mark.parametrize(
    "host",
    ["", None, "evil.example", "evil.example:8080", "localhost.evil.example", "localhost@evil.example", "127.0.0.1.nip",
     "[::1", "nabat.example.org.evil.example", "localhost/evil", "127.1"],
)  # fmt: skip
def test_every_other_name_is_a_strangers(host: str | None) -> None:
    assert not admitted(host, NAMES)


@pytest.mark.parametrize("path", ["/", "/feeds", "/static/console.css", "/nothing"])
async def test_a_rebound_name_gets_nothing(desk: Desk, path: str) -> None:
    await desk.open()
    async with desk.session.get(desk.url + path, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421
        assert "Nabat" not in (await answer.text())
    async with desk.session.get(desk.url + path, headers={"Host": "nabat.example"}) as answer:
        assert answer.status == (404 if path == "/nothing" else 200)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/feeds", "/static/console.css"])
async def test_nothing_can_be_done_but_read(desk: Desk, path: str, method: str) -> None:
    await desk.open()
    async with desk.session.request(method, desk.url + path, data=b"x") as answer:
        assert answer.status == 405


async def test_head_is_get_without_the_page(desk: Desk) -> None:
    await desk.open()
    for path in ("/", "/feeds", "/static/console.css"):
        async with desk.session.head(desk.url + path) as answer:
            assert (answer.status, await answer.read()) == (200, b"")


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/feeds", 200), ("/static/bell.svg", 200), ("/nothing", 404)]
)
async def test_every_answer_forbids_scripts_frames_and_foreign_things_and_sets_no_cookie(
    desk: Desk, path: str, status: int
) -> None:
    await desk.open()
    async with desk.session.get(desk.url + path) as answer:
        assert answer.status == status
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "Set-Cookie" not in answer.headers
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"])
async def test_no_file_but_the_static_ones_is_served(desk: Desk, path: str) -> None:
    await desk.open()
    async with desk.session.get(yarl.URL(desk.url + path, encoded=True)) as answer:
        assert answer.status in (403, 404)
        assert "import" not in await answer.text()
