"""Measuring what is joined by no person: on pairs and on letters, against marks, keys and the words themselves."""

import csv
import json
from pathlib import Path

import pytest

from chalicelib.domain.duplicates import Letter
from infra.learn.arrivals import Written, arrivals
from infra.learn.duplicates import MARKS, NoLetters, evaluate

LAMPS = (
    "我们每天下班都要走这条路，最近一个多月{place}附近的路灯一直不亮，晚上漆黑一片，老人和孩子出行很不安全，"
    "已经有人摔伤，多次打电话都没有人来修，请尽快派人维修。"
)
COLUMNS = ("id", "user", "title", "time", "body", "favour", "against", "problem")


def letter(number: str, user: str, place: str = "东湖小区", problem: str = "", day: int = 1) -> dict[str, str]:
    """A row of a file of letters."""
    words = {"title": "路灯不亮", "body": LAMPS.format(place=place), "time": f"2026/3/{day} 8:00:00"}
    return {"id": number, "user": user, "favour": "0", "against": "0", "problem": problem, **words}


def written(file: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Path:
    """A CSV as a spreadsheet saves it."""
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        table = csv.DictWriter(lines, columns)
        table.writeheader()
        table.writerows(rows)
    return file


LETTERS = [
    letter("1", "甲"),
    letter("2", "乙", day=2),
    letter("3", "甲", day=3),
    letter("4", "丙", place="西湖小区", day=4),
    letter("5", "丁", place="我们小区", problem="lamps", day=5),
    letter("6", "戊", problem="lamps", day=6),
]
PAIRS = ("id_a", "id_b", "jaccard3", "same_user", "same_problem")


def pair(one: str, other: str, same_problem: str = "0") -> dict[str, str]:
    """A row of a file of pairs."""
    return {"id_a": one, "id_b": other, "jaccard3": "0.9", "same_user": "0", "same_problem": same_problem}


def test_pairs_are_judged_with_the_letters_beside_them(tmp_path: Path) -> None:
    written(tmp_path / "letters.csv", COLUMNS, LETTERS)
    rows = [pair("1", "2"), pair("1", "3"), pair("1", "4"), pair("5", "6", "1"), pair("1", "9")]
    file = written(tmp_path / "pairs.csv", PAIRS, rows)
    told = evaluate(file)
    assert json.loads(json.dumps(told)) == told
    assert (told["pairs"], told["known"], told["missing"], told["joined"]) == (4, 3, 1, 3)
    assert (told["precision"], told["recall"], told["wrongly_joined"]) == (1.0, 1.0, [])
    assert told["repeats"] == {"precision": 1.0, "recall": 1.0, "of": 1}
    assert told["same_matter"] == {"precision": 1.0, "recall": 1.0, "of": 2}


def test_letters_come_one_after_another_and_meet_those_before_them(tmp_path: Path) -> None:
    told = evaluate(written(tmp_path / "letters.csv", COLUMNS, LETTERS))
    assert (told["letters"], told["joined"], told["wrongly_joined"]) == (6, 4, [])
    assert told["compared_per_letter"] == pytest.approx(5 / 6, abs=0.5)


def test_pairs_without_their_letters_are_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path / "pairs.csv", PAIRS, [pair("1", "2")])
    with pytest.raises(NoLetters, match="LETTERS="):
        evaluate(file)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("LETTERS", str(written(tmp_path / "elsewhere" / "l.csv", COLUMNS, LETTERS)))
    assert evaluate(file)["pairs"] == 1


def test_an_empty_file_has_nothing_to_tell(tmp_path: Path) -> None:
    told = evaluate(written(tmp_path / "letters.csv", COLUMNS, []))
    assert (told["pairs"], told["precision"], told["recall"]) == (0, None, None)


def test_a_day_that_cannot_be_read_is_the_first_of_days() -> None:
    one = Written("1", Letter("a", "b", None, None), "yesterday", "")
    assert [(new.id, old) for new, old in arrivals([one])] == [("1", [])]


def test_the_marks_are_ids_and_marks_and_no_words() -> None:
    with MARKS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 200
    assert {row["mark"] for row in rows} == {"repeat", "same", "apart"}
    assert all(set(row) == {"file", "id_a", "id_b", "mark"} and row["id_a"].isdigit() for row in rows)


def test_on_the_marked_letters_nothing_is_joined_wrongly(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LETTERS", str(letters))
    told = evaluate(MARKS)
    assert told["wrongly_joined"] == []
    assert told["offered"]["recall"] >= 0.9  # type: ignore[index]


def test_on_the_pairs_that_came_with_the_letters_most_are_joined(letters: Path) -> None:
    told = evaluate(letters / "similar_pairs_dev.csv")
    assert told["precision"] == 1.0
    assert float(str(told["recall"])) > 0.85
