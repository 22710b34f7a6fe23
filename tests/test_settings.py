from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import load

TOKEN = "123456:" + "A" * 35


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.upper().startswith("NABAT_")]:
        monkeypatch.delenv(name)


def test_without_anything_it_is_preview_on_sqlite_in_the_data_folder() -> None:
    settings = load()
    assert settings.preview
    assert settings.database == "sqlite+aiosqlite:///data/nabat.db"
    assert settings.key_path == Path("data/secret.key")
    assert settings.feeds_path.name == "feeds.yaml"


def test_the_contract_s_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": "http://127.0.0.1:9/",
        "OWNER_IDS": "17, 42",
        "DATABASE_URL": "postgresql+psycopg://nabat@db/nabat",
        "DATA_DIR": "/srv/nabat",
        "ALLOW_HOSTS": "127.0.0.1,10.0.0.0/8",
        "SEND_RATE": "100",
        "POLL_EVERY": "1",
        "LOG_FORMAT": "json",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"NABAT_{name}", value)
    settings = load()
    assert settings.owner_ids == {17, 42}
    assert settings.telegram_api_url == "http://127.0.0.1:9"
    assert settings.database == "postgresql+psycopg://nabat@db/nabat"
    assert settings.allow_hosts == ("127.0.0.1", "10.0.0.0/8")
    assert (settings.send_rate, settings.poll_every, settings.log_format) == (100, 1, "json")


def test_a_secret_may_come_as_a_file_and_never_shows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    monkeypatch.setenv("NABAT_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    settings = load()
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.model_dump())


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NABAT_TELEGRAM_TOKEN_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigurationError, match=r"NABAT_TELEGRAM_TOKEN_FILE names .*nowhere"):
        load()


@pytest.mark.parametrize(
    ("name", "value"), [("SEND_RATE", "fast"), ("SEND_RATE", "0"), ("OWNER_IDS", "@me"), ("LOG_FORMAT", "xml")]
)
def test_a_wrong_value_is_told_by_its_name_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"NABAT_{name}", value)
    with pytest.raises(ConfigurationError, match=f"NABAT_{name}"):
        load()
