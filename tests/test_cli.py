"""The commands as people and machines call them: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "data" / "corpus" / "dev.jsonl"
ITEMS: list[dict[str, object]] = [
    {"id": "a", "title": "Russian activist Ivan Zemtsov detained in Almaty at Moscow's request", "lang": "en"},
    {"id": "b", "title": "Snow closes the road to Osh", "summary": "Drivers wait.", "lang": "en"},
    {"id": 3, "title": "В Алматы задержали российского активиста Ивана Земцова", "published": "2026-03-02T10:00:00Z"},
]


def nabat(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NABAT_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=clean | {"NABAT_DATA_DIR": str(folder / "data")},
    )


def lines(rows: Sequence[Mapping[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_match_answers_each_line_in_order(tmp_path: Path) -> None:
    said = nabat(tmp_path, "match", given=lines(ITEMS))
    assert said.returncode == 0, said.stderr
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", 3]
    assert [answer["relevant"] for answer in answers] == [True, False, True]
    assert set(answers[0]) == {"id", "relevant", "rules", "topics", "countries", "persons", "event", "excerpt"}
    assert "KZ" in answers[0]["countries"]
    assert "detention" in answers[0]["topics"]
    assert answers[0]["persons"] == ["Ivan Zemtsov"]
    assert all(isinstance(answer["event"], str) for answer in answers)
    assert answers[1]["event"] != answers[0]["event"]


def test_match_reads_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(lines(ITEMS))
    assert len(nabat(tmp_path, "match", str(path)).stdout.splitlines()) == len(ITEMS)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{"id": 1}\n', 'Line 1 must be an object with at least "id" and "title"'),
        (lines(ITEMS[:1]) + "{broken\n", "Line 2 is not JSON"),
        ('{"id": 1, "title": "x", "published": "yesterday"}\n', "must be an ISO 8601 date"),
    ],
)
def test_a_wrong_line_is_named_and_no_traceback_shown(tmp_path: Path, given: str, told: str) -> None:
    said = nabat(tmp_path, "match", given=given)
    assert said.returncode == 2
    assert told in said.stderr
    assert "Traceback" not in said.stderr


def test_evaluate_gives_the_contract_s_json(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("".join(CORPUS.read_text(encoding="utf-8").splitlines(keepends=True)[:60]), encoding="utf-8")
    said = nabat(tmp_path, "evaluate", str(path), "--json")
    assert said.returncode == 0, said.stderr
    rates = json.loads(said.stdout)
    three = {"precision", "recall", "f1"}
    assert set(rates["relevance"]) == three | {"by_lang"}
    assert all(set(rates[name]) == three for name in ("topics", "countries", "persons"))
    assert set(rates["events"]) == three | {"wrong_merges"}
    assert rates["items_per_second"] > 0
    assert 0.8 < rates["relevance"]["f1"] <= 1


def test_evaluate_lists_errors_on_request(tmp_path: Path) -> None:
    row = {
        "id": "x",
        "title": "Nothing to see here",
        "summary": "",
        "lang": "en",
        "label": "relevant",
        "topics": ["law"],
    }
    path = tmp_path / "one.jsonl"
    path.write_text(lines([row]))
    said = nabat(tmp_path, "evaluate", str(path), "--errors")
    assert "MISSED (law)" in said.stdout


def test_keywords_go_out_and_come_back_the_same(tmp_path: Path) -> None:
    out = nabat(tmp_path, "keywords", "export")
    assert out.returncode == 0, out.stderr
    (tmp_path / "keywords.yaml").write_text(out.stdout)
    back = nabat(tmp_path, "keywords", "import", str(tmp_path / "keywords.yaml"), "--dry-run")
    assert "No difference." in back.stdout


def test_an_import_tells_its_difference_before_it_is_made(tmp_path: Path) -> None:
    path = tmp_path / "keywords.yaml"
    path.write_text(
        "groups: {}\nrules:\n- {id: one, topic: law, state: auto, comment: A test rule., query: 'exit NEAR/3 ban'}\n"
    )
    dry = nabat(tmp_path, "keywords", "import", str(path), "--dry-run")
    assert "+ one (law, auto)" in dry.stdout
    assert "- detention-of-critics (detention, auto)" in dry.stdout
    assert "Nothing was changed." in dry.stdout
    assert not nabat(tmp_path, "keywords", "list").stdout.startswith("one  law")
    nabat(tmp_path, "keywords", "import", str(path))
    assert nabat(tmp_path, "keywords", "list").stdout.startswith("one  law  auto")


def test_a_query_is_tried_on_what_is_stored(tmp_path: Path) -> None:
    nothing = nabat(tmp_path, "keywords", "test", "extradite activist")
    assert nothing.stdout.startswith("0 of 0 items since ")
    wrong = nabat(tmp_path, "keywords", "test", "extradite AND (")
    assert wrong.returncode == 2
    assert "^" in wrong.stderr
    assert "30d" in nabat(tmp_path, "keywords", "test", "x", "--since", "a month").stderr
    assert "takes one of en, ru" in nabat(tmp_path, "keywords", "test", "x", "--lang", "xx").stderr


def test_what_is_odd_about_a_tried_query_is_said_and_a_saved_rule_is_tried_beside_it(tmp_path: Path) -> None:
    odd = nabat(tmp_path, "keywords", "test", "суд или дело", "--rule", "wanted-critics")
    assert odd.returncode == 0, odd.stderr
    assert "operator is written in capitals" in odd.stderr
    nobody = nabat(tmp_path, "keywords", "test", "суд", "--rule", "nobody")
    assert (nobody.returncode, "no rule “nobody”" in nobody.stderr) == (2, True)


def test_a_mistake_in_a_query_is_shown_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "keywords.yaml"
    path.write_text(
        "groups: {}\nrules:\n- {id: one, topic: law, state: auto, comment: A rule., query: 'exit AND (ban'}\n"
    )
    said = nabat(tmp_path, "keywords", "check", str(path))
    assert said.returncode == 2
    assert "line 3" in said.stderr
    text, caret = said.stderr.splitlines()[-2:]
    assert text[caret.index("^") - 5 :] == " (ban"
    assert "Traceback" not in said.stderr


def test_the_shipped_files_hold_no_mistake(tmp_path: Path) -> None:
    feeds = nabat(tmp_path, "feeds", "check")
    keywords = nabat(tmp_path, "keywords", "check")
    assert feeds.returncode == keywords.returncode == 0, feeds.stderr + keywords.stderr
    assert int(feeds.stdout.split(": ")[1].split()[0]) >= 30


def test_the_schema_is_made_and_named(tmp_path: Path) -> None:
    assert nabat(tmp_path, "db", "current").stdout.startswith("empty")
    assert "revision" in nabat(tmp_path, "db", "upgrade").stdout
    first, _, needed = nabat(tmp_path, "db", "current").stdout.partition(" ")
    assert f"needs {first})" in needed


def test_health_without_a_service_is_an_error(tmp_path: Path) -> None:
    said = nabat(tmp_path, "health")
    assert said.returncode == 1
    assert "not running" in said.stderr


def test_the_demo_tells_the_story_to_both_chats_in_time(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bot", "demo"], capture_output=True, text=True, check=False, timeout=60
    )
    assert said.returncode == 0, said.stderr
    assert "Бишкек, по-русски: messages 5, silent edits 3." in said.stdout
    assert "Almaty, in English: messages 1, silent edits 0." in said.stdout
    assert said.stdout.count("nobody was told") == 5
    assert "a reply" in said.stdout
    for ordinary in ("jazz", "кредитов", "Рейс"):
        boxes = [line for line in said.stdout.splitlines() if line.startswith("│")]
        assert not any(ordinary in line for line in boxes)
