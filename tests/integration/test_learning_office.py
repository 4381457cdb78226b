"""What an office does by command: letters out, masked; a model in, only if it beats the one at work."""

import csv
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import handling, learning
from chalicelib.domain.errors import Changed
from chalicelib.domain.submission import Erasure
from chalicelib.domain.words import Kind, Role
from chalicelib.storage import learning as stored
from chalicelib.storage.submissions import load_submission, submission_item
from chalicelib.storage.unit_of_work import Work, commit
from infra.learn_office import __main__ as command
from infra.learn_office import comparing, working
from infra.learn_office.comparing import chance, macro_f1
from infra.learn_office.exporting import export
from infra.learn_office.gathering import Gathered
from infra.learn_office.working import Refused, put_to_work
from tests.integration.desk import Desk
from tests.integration.taught import KNOWS, MADE_AT, ROADS, STREETS, at_work, taught
from tests.integration.test_console import PEOPLE
from tests.integration.test_learning import ORDER, WORKS, decided, text_of
from tests.integration.watching import everything, own, watched

GOOD = {STREETS: ("说不清",), ROADS: ("道不明",)}
BAD = {STREETS: ("道不明",), ROADS: ("说不清",)}
NEWER = MADE_AT + timedelta(days=3)
pytestmark = pytest.mark.usefixtures("empty_bucket")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as read:
        return list(csv.DictReader(read))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So few letters are enough."""
    monkeypatch.setattr(working, "FEWEST_DECIDED", 6)
    return 6


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model"


def offered(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file


# Letters out.


def test_letters_come_out_masked_with_what_was_decided_and_by_whom(desk: Desk, tmp_path: Path) -> None:
    words = {**text_of("一件说不清的事，我叫端木清扬，电话13912345678"), "name": "端木清扬"}
    case = desk.registered(**words)
    handling.accept(case.case_id, case.version, desk.clerk, desk.now, WORKS)
    known = desk.dispatched()
    known = handling.return_to_desk(known.case_id, known.version, desk.handler(known), desk.now, "不属我单位。")
    handling.dispatch(known.case_id, known.version, desk.clerk, desk.now, desk.some_unit, category=ORDER)
    out = tmp_path / "out.csv"
    said = export(out, desk.now)
    found = {row["id"]: row for row in rows(out)}
    assert list(next(iter(found.values()))) == ["id", "title", "body", "category", "decided_by"]
    mine, confirmed = found[case.case_id], found[known.case_id]
    assert (mine["category"], mine["decided_by"]) == (ROADS, "person")
    assert (confirmed["category"], confirmed["decided_by"]) == (STREETS, "rule")
    assert "端木清扬" not in out.read_text("utf-8")
    assert "13912345678" not in out.read_text("utf-8")
    assert "说不清" in mine["body"]
    assert "2 letters (1 that a person decided otherwise than was proposed, 1 confirmed)" in said
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    export(out, desk.now, classes=True)
    assert {row["category"] for row in rows(out)} == {"城乡建设"}


def test_what_nobody_decided_and_what_nobody_may_learn_from_stays_inside(desk: Desk, tmp_path: Path) -> None:
    desk.routed()
    desk.registered(**text_of("没有人判定的说不清的事"))
    box = desk.mailbox_for(Kind.ACCUSATION)
    desk.routed(kind="accusation", mailbox=box, title="举报", text="某科长收受好处。")
    out = tmp_path / "out.csv"
    said = export(out, desk.now)
    assert rows(out) == []
    assert "0 letters" in said


def test_what_was_erased_is_left_out_and_counted(desk: Desk, tmp_path: Path) -> None:
    decided(desk, 2)
    [receipt, _] = [one.number for one in desk.receipts]
    gone = replace(load_submission(receipt), title="", text="", erasure=Erasure(desk.now, done=True))
    commit(Work(desk.now, kept=[submission_item(gone, None)]))
    assert "1 letters" in (said := export(tmp_path / "out.csv", desk.now))
    assert "left out: 1 erased" in said


def test_a_cell_that_a_spreadsheet_would_run_is_text(desk: Desk, tmp_path: Path) -> None:
    decided(desk, 1)
    run = replace(load_submission(desk.receipts[0].number), title="=HYPERLINK(说不清)", text="@SUM(1+1) 说不清")
    commit(Work(desk.now, kept=[submission_item(run, None)]))
    export(tmp_path / "out.csv", desk.now)
    [row] = rows(tmp_path / "out.csv")
    assert row["title"].startswith("'=")
    assert row["body"].startswith("'@")


def test_letters_are_read_month_by_month_and_never_by_a_scan(desk: Desk) -> None:
    decided(desk, 2)
    with watched() as calls:
        assert len(list(Gathered(desk.now, desk.now - timedelta(days=40)))) == 2
    assert not [one for one in calls if "Scan" in one]
    assert list(Gathered(desk.now, desk.now)) == [], "what came before is not taken"


# A model in.


def test_a_first_model_may_advise_where_nothing_is_decided_yet(desk: Desk, file: Path) -> None:
    offered(file, taught())
    with pytest.raises(Refused, match=r"50 more are needed.*FIRST=yes"):
        put_to_work(file, desk.now, "李工")
    assert stored.at_work() is None
    assert "advises and never decides" in put_to_work(file, desk.now, "李工", first=True)
    entry = stored.at_work()
    assert entry is not None
    assert (entry.on_trial, entry.name, entry.comparison) == (True, "李工", None)
    assert desk.registered(**text_of("一件说不清的事")).left_to_clerk


def test_a_better_model_takes_the_old_ones_place_with_its_figures(desk: Desk, file: Path, few: int) -> None:
    at_work(taught(BAD), desk.now, on_trial=True)
    decided(desk, few)
    said = put_to_work(offered(file, taught(GOOD, made_at=NEWER)), desk.now, "李工")
    assert "6/6 right" in said
    assert "0/6 right" in said
    entry = stored.at_work()
    assert entry is not None
    assert entry.comparison is not None
    found = entry.comparison
    assert (found.letters, found.right, found.old_right, found.better, found.worse) == (6, 6, 0, 6, 0)
    assert found.chance == pytest.approx(1 / 64, abs=1e-5)
    assert (entry.version, entry.on_trial) == (2, False)
    assert own("s3").get_object(Bucket=config().uploads_bucket, Key=entry.key)["Body"].read() == file.read_bytes()


def test_a_model_that_is_no_better_changes_nothing_and_says_why(desk: Desk, file: Path, few: int) -> None:
    entry = at_work(taught(GOOD), desk.now, on_trial=True)
    decided(desk, few)
    before = everything()
    for data in (taught(GOOD, made_at=NEWER), taught(BAD, made_at=NEWER)):
        with pytest.raises(Refused, match="not shown to be better"):
            put_to_work(offered(file, data), desk.now, "李工")
    assert everything() == before
    assert stored.at_work() == entry


def test_one_that_is_sure_and_wrong_is_not_put_to_work(desk: Desk, file: Path, few: int) -> None:
    at_work(taught(BAD), desk.now, on_trial=True)
    decided(desk, 9)
    decided(desk, 1, right=False)
    with pytest.raises(Refused, match="95 in 100"):
        put_to_work(offered(file, taught(GOOD, made_at=NEWER)), desk.now, "李工")


def test_without_a_model_the_words_are_the_ones_to_beat(desk: Desk, file: Path, few: int) -> None:
    decided(desk, few)
    put_to_work(offered(file, taught(GOOD)), desk.now, "李工")
    entry = stored.at_work()
    assert entry is not None
    assert entry.comparison is not None
    assert (entry.comparison.against, entry.comparison.old_right, entry.on_trial) == ("", 0, False)


def test_too_few_letters_since_either_was_made_is_said_in_numbers(desk: Desk, file: Path, few: int) -> None:
    at_work(taught(BAD), desk.now, on_trial=True)
    decided(desk, 2)
    with pytest.raises(Refused, match=r"only 2 letters .* 4 more are needed"):
        put_to_work(offered(file, taught(GOOD, made_at=NEWER)), desk.now, "李工", first=True)
    decided(desk, 4)
    with pytest.raises(Refused, match="only 0 letters"):
        put_to_work(offered(file, taught(GOOD, made_at=desk.now + timedelta(hours=1))), desk.now, "李工")


def test_a_model_whose_file_is_lost_is_judged_as_what_it_is_now(desk: Desk, file: Path, few: int) -> None:
    entry = at_work(taught(GOOD), desk.now, on_trial=True)
    decided(desk, few)
    own("s3").delete_object(Bucket=config().uploads_bucket, Key=entry.key)
    put_to_work(offered(file, taught(GOOD, made_at=NEWER)), desk.now, "李工")
    now = stored.at_work()
    assert now is not None
    assert now.comparison is not None
    assert now.comparison.against == ""


def test_what_is_no_model_for_this_city_is_refused(desk: Desk, file: Path) -> None:
    for data in (b"", b"nonsense" * 99, taught()[:-1], taught({"不认识": ("a",), "也不": ("b",)})):
        with pytest.raises(Refused):
            put_to_work(offered(file, data), desk.now, "李工", first=True)
    assert stored.at_work() is None


def test_the_same_model_twice_and_two_at_once(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_to_work(offered(file, taught()), desk.now, "李工", first=True)
    with pytest.raises(Refused, match="already"):
        put_to_work(file, desk.now, "李工", first=True)
    monkeypatch.setattr(stored, "at_work", lambda: None)
    with pytest.raises(Changed):
        put_to_work(offered(file, taught(KNOWS, certainty=3.0)), desk.now, "王工", first=True)


def test_a_model_by_classes_is_right_with_any_category_of_the_class(desk: Desk, file: Path, few: int) -> None:
    decided(desk, few, right=False)
    put_to_work(offered(file, taught({"城乡建设": ("说不清",), "交通运输": ("公交",)})), desk.now, "李工")
    entry = stored.at_work()
    assert entry is not None
    assert entry.comparison is not None
    assert entry.comparison.right == few


def test_what_one_put_to_work_can_be_taken_back_in_the_console(desk: Desk, file: Path) -> None:
    put_to_work(offered(file, taught()), desk.now, "李工", first=True)
    assert learning.put_back(1, PEOPLE[Role.ADMINISTRATOR], desk.now).card is None


def test_the_command_as_it_is_typed(
    table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "become_part_of", lambda _: None)

    def run(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["learn_office", "--stack", "sunlight", *words])
        return command.main()

    model = offered(tmp_path / "m", taught(made_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert run("model", str(model)) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert run("model", str(model), "--first", "--by", "李工") == 0
    assert run("letters", str(tmp_path / "out.csv")) == 0
    assert run("letters", str(tmp_path / "no" / "out.csv")) == 1
    assert run("model", str(tmp_path / "missing"), "--first") == 1


# The test.


@pytest.mark.parametrize(
    ("better", "worse", "expected"), [(0, 0, 1.0), (5, 0, 1 / 32), (4, 0, 1 / 16), (9, 2, 0.0327), (5, 5, 0.623)]
)
def test_the_sign_test_is_exact(better: int, worse: int, expected: float) -> None:
    assert chance(better, worse) == pytest.approx(expected, abs=1e-3)


@given(st.integers(0, 400), st.integers(0, 400))
def test_chance_is_a_share_and_falls_as_the_new_one_wins_more(better: int, worse: int) -> None:
    assert 0.0 <= chance(better + 1, worse) <= chance(better, worse) <= 1.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd"), st.booleans()), max_size=30))
def test_f1_is_a_share_and_whole_for_who_is_always_right(judged: list[tuple[str, str, bool]]) -> None:
    assert 0.0 <= macro_f1(judged) <= 1.0
    right = [(true, true, sure) for true, _, sure in judged]
    assert macro_f1(right) == (1.0 if right else 0.0)
    assert comparing.MOST_CHANCE == 0.05
