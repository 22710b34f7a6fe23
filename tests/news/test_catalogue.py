import re
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.model import LegalStatus
from bot.news.catalogue import Catalogue, load

ROOT = Path(__file__).parents[2]

GOOD = """
outlets:
  - id: rferl
    name: RFE/RL
    home: https://www.rferl.org
    mirrors: [d1x2y3.cloudfront.net]
    status:
      - {jurisdiction: RU, label: undesirable, since: 2024-02-20, source: https://example.org/list, checked: 2026-11-22}
    feeds:
      - {url: https://www.rferl.org/api/, language: en, country: KG, every: 10m}
      - {url: https://www.rferl.org/api/epiqq, language: en}
"""


def read(folder: Path, text: str) -> Catalogue:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_outlets_and_feeds_are_read(tmp_path: Path) -> None:
    catalogue = read(tmp_path, GOOD)
    outlet = catalogue.outlet("rferl")
    assert outlet.mirrors == ("d1x2y3.cloudfront.net",)
    assert outlet.status == (
        LegalStatus("RU", "undesirable", "2024-02-20", "https://example.org/list", date(2026, 11, 22)),
    )
    first, second = catalogue.feeds
    assert (first.outlet, first.language, first.country, first.every) == ("rferl", "en", "KG", 600.0)
    assert (second.country, second.every) == (None, None)
    with pytest.raises(KeyError):
        catalogue.outlet("voa")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: rferl", "id: RFE RL", r"line 3, outlets\[0\]\.id: .*a-z"),
        ("home: https", "hoem: https", r"line 5, outlets\[0\]\.hoem: .*did you mean “home”"),
        ("language: en, country", "language: eng, country", r"line 10, .*feeds\[0\]\.language: “eng”"),
        ("country: KG", "country: UK", r"line 10, .*\.country: “UK” is not a country"),
        ("every: 10m", "every: 10 min", r"line 10, .*\.every: .*not a duration"),
        ("every: 10m", "every: 30d", r"line 10, .*\.every: .*a week"),
        ("since: 2024-02-20", "since: 2024-02-30", r"line 8, .*\.since: .*not a date"),
        ("jurisdiction: RU, ", "", r"line 8, .*status\[0\]: “jurisdiction” is missing"),
        ("d1x2y3.cloudfront.net", "https://d1x2y3.net", r"line 6, .*mirrors\[0\]: .*bare name"),
        ("api/epiqq", "api", r"line 11, .*feeds\[1\]\.url: .*stands in line 10 already"),
        ("https://www.rferl.org/api/epiqq", "http://WWW.rferl.org/api/", r"line 11, .*stands in line 10 already"),
    ],
)
def test_a_mistake_names_its_line_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert re.search(told, str(caught.value)), caught.value
    assert "a mistake; nothing of it was loaded" in str(caught.value)


def test_an_outlet_id_stands_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD.split("outlets:", 1)[1].replace("/api", "/other")
    with pytest.raises(ConfigurationError, match="“rferl” stands in line 3 already"):
        read(tmp_path, twice)


def test_a_file_without_feeds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no feed"):
        read(tmp_path, "outlets: [{id: a, name: A, home: https://a.org, feeds: []}]")


def test_the_shipped_file_is_whole() -> None:
    catalogue = load(ROOT / "feeds.yaml")
    assert len(catalogue.feeds) >= 34
    assert len(catalogue.outlets) >= 24
    assert {feed.language for feed in catalogue.feeds} >= {"en", "ru", "uk", "kk", "ky"}
    assert {feed.outlet for feed in catalogue.feeds} == {outlet.id for outlet in catalogue.outlets}
    assert catalogue.outlet("ovd-info").status[0].label == "extremist"
    assert all(fact.checked for outlet in catalogue.outlets for fact in outlet.status)
