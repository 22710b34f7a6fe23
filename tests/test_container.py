"""The Dockerfile without an engine: a linter reads it, and its own commands are run in a scratch folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
LINES = re.sub(r"\\\n", " ", (TOP / "Dockerfile").read_text(encoding="utf-8")).splitlines()
INSTRUCTIONS = [tuple(line.split(None, 1)) for line in LINES if line and not line.startswith("#")]


def all_of(name: str) -> list[str]:
    return [rest for word, rest in INSTRUCTIONS if word == name]


def last(name: str) -> str:
    return all_of(name)[-1]


def test_the_linter_finds_nothing_wrong() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip("hadolint comes as a wheel for Linux on x86-64 only")
    found = subprocess.run([linter, TOP / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_has_two_stages_is_slim_and_does_not_run_as_root() -> None:
    assert [base.split()[0] for base in all_of("FROM")] == ["python:3.13-slim"] * 2
    assert f"--uid {last('USER')}" in last("RUN")
    assert int(last("USER")) > 0
    assert last("HEALTHCHECK").endswith('CMD ["nabat", "health"]')


def test_nothing_secret_and_no_tests_go_into_the_build() -> None:
    ignored = (TOP / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "data", "tests", ".venv", "secret.key"} <= set(ignored)


@pytest.mark.timeout(300)
def test_its_install_and_start_commands_give_a_healthy_service(tmp_path: Path) -> None:
    source, target = tmp_path / "src", tmp_path / "nabat"
    ignored = (TOP / ".dockerignore").read_text(encoding="utf-8").split()
    shutil.copytree(TOP, source, ignore=shutil.ignore_patterns(*ignored, "__pycache__", ".*_cache", ".hypothesis"))
    build = INSTRUCTIONS[: [word for word, _ in INSTRUCTIONS].index("FROM", 1)]
    for command in [rest for word, rest in build if word == "RUN"]:
        here = command.replace("/opt/nabat", str(target)).replace("python -m venv", f"{sys.executable} -m venv")
        # Docker would start anew from each layer; the cache is this machine's, and only spares the network.
        here = here.replace(" --no-cache ", " ")
        made = subprocess.run(["bash", "-euc", here], cwd=source, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
    shutil.rmtree(source)
    _starts_and_is_healthy(target, tmp_path)


def _starts_and_is_healthy(target: Path, folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NABAT_", "PYTHON", "VIRTUAL"))}
    environment = clean | {"PATH": f"{target}/bin:{clean['PATH']}", "NABAT_DATA_DIR": str(data)}
    packaged = subprocess.run(
        ["nabat", "feeds", "check"], cwd=data, env=environment, capture_output=True, text=True, check=False
    )
    assert packaged.returncode == 0, packaged.stderr
    feeds = folder / "feeds.yaml"
    feeds.write_text(
        "outlets: [{id: wire, name: Wire, home: 'https://wire.example',"
        " feeds: [{url: 'http://127.0.0.1:9/feed', language: en}]}]"
    )
    environment["NABAT_FEEDS_FILE"] = str(feeds)
    start = [*json.loads(last("ENTRYPOINT")), *json.loads(last("CMD"))]
    health = json.loads(last("HEALTHCHECK").partition(" CMD ")[2])
    log = folder / "log.txt"
    with log.open("wb") as output:
        service = subprocess.Popen(start, cwd=data, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while (code := subprocess.run(health, env=environment, capture_output=True, check=False).returncode) != 0:
            assert service.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        assert code == 0
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    assert subprocess.run(health, env=environment | {"NABAT_DATA_DIR": str(folder)}, check=False).returncode == 1
