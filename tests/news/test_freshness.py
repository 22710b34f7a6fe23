import pytest

from bot.news.freshness import fresh_for, retry_after

DATE = "Mon, 23 Nov 2026 06:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public, max-age=600"}, 600.0),
        ({"Cache-Control": 'max-age="600"', "Age": "100"}, 500.0),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0.0),
        ({"Cache-Control": "no-cache, max-age=600"}, 0.0),
        ({"Cache-Control": "private"}, None),
        ({"Cache-Control": "max-age=600", "Expires": "0", "Date": DATE}, 600.0),
        ({"Expires": "Mon, 23 Nov 2026 07:00:00 GMT", "Date": DATE}, 3600.0),
        ({"Expires": "Mon, 23 Nov 2020 07:00:00 GMT", "Date": DATE}, 0.0),
        ({"Expires": "0", "Date": DATE}, 0.0),
        ({"Expires": "Mon, 23 Nov 2026 07:00:00 GMT"}, 0.0),
        ({"Cache-Control": "max-age=" + "9" * 400}, 9_999_999_999.0),
    ],
)
def test_freshness_is_what_the_server_says(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(headers) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 06:05:00 GMT", 300.0),
        ("Mon, 23 Nov 2026 05:00:00 GMT", 0.0),
        ("-5", None),
        ("²", None),
        ("later", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": text, "Date": DATE}) == seconds
