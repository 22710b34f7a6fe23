from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ops.health import DEAD_AFTER, DeadService, Heartbeat, beat, check

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ALIVE = Heartbeat(NOW, NOW - timedelta(hours=1), feeds=59, failing=2, sending=True)


def test_a_heartbeat_is_read_back(tmp_path: Path) -> None:
    beat(tmp_path, ALIVE)
    assert check(tmp_path, NOW + timedelta(seconds=30)) == ALIVE


def test_no_heartbeat_is_a_dead_service(tmp_path: Path) -> None:
    with pytest.raises(DeadService, match="not running"):
        check(tmp_path, NOW)


def test_an_old_heartbeat_is_a_dead_service(tmp_path: Path) -> None:
    beat(tmp_path, ALIVE)
    with pytest.raises(DeadService, match="61 s old"):
        check(tmp_path, NOW + DEAD_AFTER + timedelta(seconds=1))


def test_a_service_that_stopped_sending_is_not_healthy(tmp_path: Path) -> None:
    beat(tmp_path, Heartbeat(NOW, NOW, 59, 0, sending=False))
    with pytest.raises(DeadService, match="sending has stopped"):
        check(tmp_path, NOW)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"at": "soon"}'])
def test_a_broken_heartbeat_is_told_plainly(tmp_path: Path, text: str) -> None:
    (tmp_path / "heartbeat.json").write_text(text)
    with pytest.raises(DeadService, match="cannot be read"):
        check(tmp_path, NOW)
