"""The house stays clean: each room imports only what DESIGN allows, and nothing of our machines is in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
GROUND = {"errors", "model", "settings", "locales", "yamlfile", "logs"}
"""Below every room; `logs` is set up by the commands and imported by nobody else."""
ROOMS = ["news", "language", "keywords", "events", "alerts", "delivery", "chat", "moderation", "console"]
"""In the order of the way of an item: a room imports from the rooms to its left, from the store, and the ground."""
ABOVE = {
    "analyst",
    "chronicle",
    "filing",
    "mentions",
    "pipeline",
    "retitling",
    "engine",
    "parts",
    "switchboard",
    "service",
    "cli",
    "commands",
}
ABOVE |= {"bulletin", "web", "line", "mending", "publisher", "__main__", "preview", "ops", "demo"}


def imports(path: Path) -> set[str]:
    """The first part of every `bot.…` import of a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bot":
            names = node.module.split(".")[1:2] or [alias.name for alias in node.names]
            found.update(names)
        elif isinstance(node, ast.Import):
            found.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("bot."))
    return found


def allowed(room: str) -> set[str]:
    if room == "store":
        return GROUND | {"store"}
    return GROUND | {"store"} | set(ROOMS[: ROOMS.index(room) + 1])


@pytest.mark.parametrize("room", [*ROOMS, "store"])
def test_a_room_imports_only_from_rooms_to_its_left(room: str) -> None:
    wrong = {
        f"{path.relative_to(TOP)} imports bot.{name}"
        for path in (TOP / "bot" / room).rglob("*.py")
        for name in imports(path) - allowed(room)
    }
    assert not wrong


def test_the_ground_imports_no_room() -> None:
    for name in GROUND:
        path = TOP / "bot" / f"{name}.py"
        files = [path] if path.exists() else list((TOP / "bot" / name).rglob("*.py"))
        assert files
        assert not {found for file in files for found in imports(file)} - GROUND


def test_every_module_has_a_place_on_the_plan() -> None:
    found = {path.stem for path in (TOP / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__"} <= GROUND | set(ROOMS) | ABOVE | {"store"}


def test_files_and_functions_stay_readable() -> None:
    long = []
    for path in (TOP / "bot").rglob("*.py"):
        if "versions" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if source.count("\n") > 300:
            long.append(f"{path.relative_to(TOP)}: {source.count(chr(10))} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 50:
                    long.append(f"{path.relative_to(TOP)}: {node.name} has {length} lines")
    assert not long


def test_no_path_of_a_machine_and_no_host_of_a_registry_is_in_the_tree() -> None:
    listing = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so what belongs to the tree is not known")
    words = re.compile("|".join(["/ro" + "ot/", "/wo" + "rk/", "pypi" + r"\.org", "pythonhosted" + r"\.org"]))
    hits = []
    for name in listing.stdout.split("\n"):
        path = TOP / name
        if name and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            hits += [f"{name}: {found.group()}" for found in words.finditer(text)]
    assert not hits
