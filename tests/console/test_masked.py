from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.masked import masked, masked_in, place_of

SECRET = st.text("abcdefXYZ0123456789%._~-", min_size=6, max_size=20).map("Secret".__add__)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wire.example/rss", "https://wire.example/rss"),
        ("https://me:pass@wire.example:8443/rss", "https://…@wire.example:8443/rss"),
        ("https://wire.example/rss?key=abc&lang=ru", "https://wire.example/rss?key=…&lang=…"),
        ("https://wire.example/rss?abc", "https://wire.example/rss?…"),
        ("https://wire.example/rss#abc", "https://wire.example/rss"),
        ("https://[broken/rss?key=abc", "…"),
    ],
)
def test_an_address_is_shown_without_what_it_may_hide(url: str, shown: str) -> None:
    assert masked(url) == shown


@given(SECRET, SECRET, SECRET, SECRET)
def test_no_secret_survives(user: str, password: str, value: str, fragment: str) -> None:
    url = f"https://{user}:{password}@wire.example/rss?key={value}&{value}#{fragment}"
    for shown in (masked(url), masked_in(f"it moved to {url}; look."), masked_in(f"({url})"), place_of(url)):
        assert "Secret" not in shown
        assert "wire.example/rss" in shown


def test_the_sentence_around_an_address_stays() -> None:
    said = masked_in("redirected to HTTPS://a.example/x?k=v, last to socks5://u:p@b.example:1080. Mend it.")
    assert said == "redirected to https://a.example/x?k=…, last to socks5://…@b.example:1080. Mend it."


def test_a_place_is_host_and_path() -> None:
    assert place_of("https://me:pass@wire.example:8443/a/rss?key=abc#x") == "wire.example:8443/a/rss"
