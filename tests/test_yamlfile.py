from pathlib import Path

import pytest

from bot import yamlfile
from bot.errors import ConfigurationError


def write(folder: Path, text: str) -> Path:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read_home(root: yamlfile.Value) -> None:
    keys = root.mapping(required=("name", "home"), optional=("every", "day"))
    keys["every"].duration()
    keys["day"].day()
    assert keys["home"].text() == ""


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "name: 1\nnmae: x\nevery: soon\nday: 2026-13-01\n")
    with pytest.raises(ConfigurationError) as caught, yamlfile.reading(path) as root:
        read_home(root)
    text = str(caught.value)
    assert "4 mistakes" in text
    assert "line 1, the file: “home” is missing" in text
    assert "line 2, nmae: “nmae” is not a known key; did you mean “name”?" in text
    assert "line 3, every:" in text
    assert "line 4, day:" in text


def test_scalars_are_read_as_written(tmp_path: Path) -> None:
    path = write(tmp_path, "country: NO\nsince: 2022-03\nid: 010\nday: 2026-11-22\n")
    with yamlfile.reading(path) as root:
        entries = root.entries()
        assert [entries[key].text() for key in ("country", "since", "id")] == ["NO", "2022-03", "010"]
        assert entries["country"].country() == "NO"
        assert str(entries["day"].day()) == "2026-11-22"


@pytest.mark.parametrize(("text", "seconds"), [("300s", 300), ("10m", 600), ("1h", 3600), ("2d", 172800)])
def test_durations_are_seconds(tmp_path: Path, text: str, seconds: float) -> None:
    with yamlfile.reading(write(tmp_path, text)) as root:
        assert root.duration() == seconds


@pytest.mark.parametrize("text", ["10", "0m", "1.5h", "ten minutes", "-1h", "1h30m", "[1h]"])
def test_other_durations_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError), yamlfile.reading(write(tmp_path, f"every: {text}")) as root:
        root.mapping(optional=("every",))["every"].duration()


@pytest.mark.parametrize(
    "text", ["ftp://x.org", "x.org", "https://me@x.org/", "https:///x", "https://x.org/ a", "https://["]
)
def test_addresses_that_nobody_could_open_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError), yamlfile.reading(write(tmp_path, f"url: '{text}'")) as root:
        root.mapping(optional=("url",))["url"].address()


def test_a_small_country_code_is_corrected(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="write KG"), yamlfile.reading(write(tmp_path, "kg")) as root:
        root.country()


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\na: 2\n")
    with pytest.raises(ConfigurationError, match=r"line 2.*first in line 1"), yamlfile.reading(path) as root:
        root.entries()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a: [1", "not valid YAML: line 2, column 1"),
        (b"a: \xff\xfe", "not UTF-8"),
        (b"--- 1\n--- 2\n", "not valid YAML"),
        (b"[" * 5000, "nested too deeply|not valid YAML"),
    ],
)
def test_a_file_that_is_not_yaml_says_where(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=reason), yamlfile.reading(path):
        pass


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"gone\.yaml cannot be read"),
        yamlfile.reading(tmp_path / "gone.yaml"),
    ):
        pass


def test_an_empty_file_lacks_everything(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="must be a mapping"), yamlfile.reading(write(tmp_path, "")) as root:
        root.mapping(required=("a",))


def test_a_null_is_an_absent_option(tmp_path: Path) -> None:
    with yamlfile.reading(write(tmp_path, "a:\nb: ~\n")) as root:
        keys = root.mapping(optional=("a", "b"))
        assert keys.get("a") is None
        assert keys["b"].items() == []
