"""Letters of our own writing, played on a simulated clock: what comes out can be counted by hand."""

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from chinese_calendar import is_workday

from chalicelib.desk import cities
from chalicelib.domain.case import Case
from chalicelib.domain.folding import fold
from chalicelib.gateways import queues
from chalicelib.storage import cases
from infra.package import ROOT
from infra.replay.figures import Figures
from infra.replay.letters import COLUMNS, NO_WORDS, Letter, Skipped, Unreadable, read_letters
from infra.replay.playing import Replayed, replay
from infra.replay.report import write_report

BUS = "东湖路公交站台的顶棚坏了三个月，下雨天等车的老人和孩子都要淋雨，站牌也看不清楚，请有关部门尽快派人维修，谢谢。"
LAMP = "我们小区门口到菜市场一段的路灯全部不亮，晚上漆黑一片，已经有两位老人摔伤，希望能够尽快恢复照明，保障出行。"
NOISE = "楼下饭店的油烟机从早响到晚，油烟直接排到居民窗户，和老板商量过多次没有用，请环保和城管部门上门查一查。"
SCHOOL = "孩子明年上小学，想问一下外来务工人员子女入学需要准备哪些材料，到哪个部门办理，什么时候开始报名登记。"


def row(number: int, user: str, text: str, time: str, replied: str, **changes: str) -> dict[str, str]:
    """One row of the file."""
    return {
        "id": str(number),
        "user": user,
        "title": text[:14],
        "time": time,
        "body": text,
        "reply": f"第{number}件来信收悉，已由责任单位现场处理。",
        "reply_time": replied,
        **changes,
    }


FOUR = [
    row(1, "甲", BUS, "2019-01-05 09:00:00", "2019-01-15 09:00:00"),
    row(2, "甲", BUS + "上次来信还没有结果。", "2019-01-08 10:00:00", "2019-03-20 10:00:01"),
    row(3, "乙", LAMP, "2019-01-20 20:00:00", "2019-03-21 20:00:01"),
    row(4, "丙", NOISE, "2019-02-01 08:00:00", ""),
]
"""The second repeats the first and is answered after 71 days; the third is answered a second after 60; one waits."""


def as_file(tmp_path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    """``rows`` as a CSV file."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, [*COLUMNS, "stub"], restval="0")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "letters.csv"
    path.write_bytes(lines.getvalue().encode(encoding))
    return path


@pytest.fixture
def own_queues(table: str) -> Iterator[None]:
    """A replay puts its own post room where the queues are; afterwards they are the queues again."""
    sending = queues.send
    yield
    queues.send = sending


class Kept(NamedTuple):
    """What a replay left. ``folded``: what the record of each case gives."""

    figures: Figures
    result: Replayed
    folded: dict[str, Case]


@pytest.fixture(scope="module")
def plays() -> dict[tuple[str, int | None, bool], Kept]:
    """Replays that were played already: a second one of the same letters would come to the same."""
    return {}


@pytest.fixture
def play(own_queues: None, tmp_path: Path, plays: dict[tuple[str, int | None, bool], Kept]) -> "Player":
    """Plays rows on an empty table."""
    return Player(tmp_path, plays)


class Player:
    """Plays rows, and keeps what the replay left."""

    def __init__(self, folder: Path, plays: dict[tuple[str, int | None, bool], Kept]) -> None:
        self.folder = folder
        self.plays = plays
        self.kept: Kept

    def __call__(self, rows: list[dict[str, str]], term_days: int | None = 60, *, join: bool = True) -> Figures:
        which = (repr(rows), term_days, join)
        if which not in self.plays:
            self.plays[which] = self._played(rows, term_days, join)
        self.kept = self.plays[which]
        return self.kept.figures

    def _played(self, rows: list[dict[str, str]], term_days: int | None, join: bool) -> Kept:
        read = list(read_letters(as_file(self.folder, rows)))
        result = replay([one for one in read if isinstance(one, Letter)], term_days, join=join)
        skipped = [one for one in read if isinstance(one, Skipped)]
        figures = result.figures([*skipped, *result.played.refused], 0.0)
        ids = [told.case.case_id for told in result.told]
        return Kept(figures, result, {case_id: fold(cases.record_of(case_id)) for case_id in ids})


def late_by_plain_python(rows: list[dict[str, str]], days: int) -> int:
    """How many replies came later than ``days`` times 24 hours."""
    return sum(
        datetime.fromisoformat(one["reply_time"]) - datetime.fromisoformat(one["time"]) > timedelta(days=days)
        for one in rows
        if one["reply_time"]
    )


@pytest.mark.parametrize("join", [True, False])
def test_late_replies_are_those_that_plain_arithmetic_finds(play: Player, join: bool) -> None:
    figures = play(FOUR, join=join)
    assert figures.red == late_by_plain_python(FOUR, 60) == 2
    assert (figures.submissions, figures.replied, figures.unanswered) == (4, 3, 1)


def test_a_repeat_by_the_same_person_is_joined_and_each_letter_gets_its_own_reply(play: Player) -> None:
    figures = play(FOUR)
    assert (figures.cases, figures.joined) == (3, 1)
    both = next(told.case for told in play.kept.result.told if len(told.case.voices) == 2)
    first, second = both.voices
    assert first.answered_at == datetime.fromisoformat("2019-01-15T09:00:00+08:00")
    assert second.answered_at == datetime.fromisoformat("2019-03-20T10:00:01+08:00")
    assert (first.in_time, second.in_time) == (True, False)


def test_without_joining_every_letter_is_a_case_of_its_own(play: Player) -> None:
    figures = play(FOUR, join=False)
    assert (figures.cases, figures.joined) == (4, 0)


def levels_by_plain_python(rows: list[dict[str, str]], days: int) -> dict[str, int]:
    """How many letters reached which level of supervision before they were answered, or the clock stopped."""
    times = [datetime.fromisoformat(one[name]) for one in rows for name in ("time", "reply_time") if one[name]]
    stops = (max(times).replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=30, second=0)
    reached: Counter[str] = Counter({"1": 0, "2": 0, "3": 0})
    for one in rows:
        answered = datetime.fromisoformat(one["reply_time"]) if one["reply_time"] else stops
        climbs = datetime.fromisoformat(one["time"]) + timedelta(days=days)
        for level in ("1", "2", "3"):
            reached[level] += answered > climbs
            last = climbs.date() + timedelta(days=30)
            while not is_workday(last):
                last += timedelta(days=1)
            climbs = datetime.combine(last + timedelta(days=1), datetime.min.time())
    return dict(reached)


def test_the_sweep_and_the_ladder_find_who_is_still_not_answered(play: Player) -> None:
    late = row(5, "丁", SCHOOL, "2019-02-01 08:00:00", "2019-06-10 08:00:00")
    figures = play([*FOUR, late], join=False)
    waits = next(told for told in play.kept.result.told if told.case.voices[0].answered_at is None)
    assert waits.levels == {1, 2, 3}
    assert figures.supervision == levels_by_plain_python([*FOUR, late], 60) == {"1": 4, "2": 2, "3": 2}
    assert figures.unanswered_late == 1
    assert figures.yellow == 4


def test_each_month_is_assessed_on_its_first_half_hour(play: Player) -> None:
    figures = play(FOUR)
    assert list(figures.months) == ["2019-01", "2019-02", "2019-03"]
    january = figures.months["2019-01"].values()
    assert (sum(unit.received for unit in january), sum(unit.replied for unit in january)) == (3, 1)
    march = figures.months["2019-03"].values()
    assert (sum(unit.replied for unit in march), sum(unit.on_time for unit in march)) == (2, 0)


def test_no_message_is_left_in_the_outbox_and_every_record_gives_its_case(play: Player) -> None:
    figures = play(FOUR)
    assert figures.notices > 0
    assert figures.unswept == 0
    for told in play.kept.result.told:
        assert play.kept.folded[told.case.case_id] == told.case


def test_the_citys_own_terms_hold_where_no_one_term_is_given(play: Player) -> None:
    figures = play(FOUR, term_days=None)
    assert cities.known().terms.single_days is None
    assert figures.term_days is None
    assert figures.red == 3  # five working days were promised


def test_bad_rows_are_skipped_with_their_line_and_counted(play: Player) -> None:
    hostile = [
        row(1, "甲", BUS, "2019-01-05 09:00:00", "2019-01-01 09:00:00"),
        row(2, "甲", LAMP, "不知道", ""),
        row(3, "乙", NOISE, "2019-01-05 09:00:00", "以后"),
        row(4, "乙", "", "2019-01-05 09:00:00", "", title=""),
        row(5, "丙", SCHOOL, "0001-01-01 00:00:00", ""),
        row(6, "丙", SCHOOL, "2019-01-06 09:00:00", "2019-01-07 09:00:00"),
    ]
    figures = play(hostile)
    assert (figures.submissions, figures.skipped) == (1, 5)
    skipped = [one for one in read_letters(as_file(play.folder, hostile)) if isinstance(one, Skipped)]
    assert [one.line for one in skipped] == [2, 3, 4, 5, 6]
    assert [one.reason.split(":")[0] for one in skipped] == [
        "answered before it was written",
        "time is no time",
        "reply_time is no time",
        "neither title nor text",
        "time is out of range",
    ]


def test_what_the_form_would_not_take_is_cut_or_mended_and_counted(play: Player) -> None:
    figures = play(
        [
            row(1, "甲", BUS * 200, "2019-01-05 09:00:00", "2019-01-06 09:00:00"),
            row(2, "", LAMP + "\x00\x07", "2019/1/5 9:00", "2019/1/6 9:00", title=""),
            row(3, "𠮷㐂" * 40, NOISE, "2019-01-05 09:00:00", "2019-01-06 09:00:00", reply=""),
            row(4, "丙", "<script>alert('😀')</script>", "2019-01-05T09:00:00+08:00", "2019-01-06 09:00:00"),
        ]
    )
    assert (figures.submissions, figures.skipped, figures.cut, figures.mended) == (4, 0, 1, 2)
    assert NO_WORDS in {letter.reply for letter in play.kept.result.letters}


def test_a_file_of_nothing_gives_noughts(play: Player) -> None:
    figures = play([])
    assert (figures.submissions, figures.cases, figures.days_median, figures.months) == (0, 0, None, {})
    write_report(play.folder / "empty.html", "empty.csv", figures, play.kept.result, "en")


def test_rows_of_the_wrong_width_or_encoding_are_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    head = "\ufeff" + ",".join(COLUMNS) + "\n"
    path.write_bytes(
        head.encode() + b"1,a,t\n" + b"2,a,t,2019-01-01,b,r,,extra\n" + "3,a,乱码,2019-01-01,正文,,\n".encode("gb18030")
    )
    assert list(read_letters(path)) == [
        Skipped(2, "fewer cells than columns"),
        Skipped(3, "more cells than columns"),
        Skipped(4, "not UTF-8"),
    ]


def test_a_file_without_the_columns_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="reply_time"):
        list(read_letters(path))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_stands_alone_and_holds_no_script(play: Player, language: str) -> None:
    rows = [
        *FOUR,
        row(5, "丁", SCHOOL, "2019-02-01 08:00:00", "2019-02-02 08:00:00", title="<script>alert(1)</script>"),
    ]
    rows.append({**rows[-1], "id": "6", "time": "2019-02-01 09:00:00"})
    path = play.folder / "report.html"
    write_report(path, "letters.csv", play(rows), play.kept.result, language)
    page = path.read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.count("<svg") >= 5
    assert 'src="' not in page
    assert ("逾期答复的来信" in page) is (language == "zh")


def test_the_command_prints_one_object_and_names_what_it_skipped(tmp_path: Path) -> None:
    file = as_file(tmp_path, [*FOUR[:2], row(9, "戊", BUS, "昨天", "")])
    report = tmp_path / "made" / "report.html"
    environment = {**os.environ, "TERM_DAYS": "60", "JOIN": "no", "REPORT": str(report)}
    done = subprocess.run(
        [sys.executable, "-m", "infra.replay", str(file)], capture_output=True, check=True, env=environment, cwd=ROOT
    )
    printed = json.loads(done.stdout)
    assert (printed["submissions"], printed["cases"], printed["red"], printed["skipped"]) == (2, 2, 1, 1)
    assert "skipped line 4: time is no time" in done.stderr.decode()
    assert report.exists()


@pytest.mark.parametrize("setting", ["TERM_DAYS=soon", "TERM_DAYS=0", "JOIN=perhaps", "REPORT_LANG=fr"])
def test_a_setting_that_means_nothing_is_refused_by_name(tmp_path: Path, setting: str) -> None:
    name, value = setting.split("=")
    command = [sys.executable, "-m", "infra.replay", str(as_file(tmp_path, FOUR))]
    done = subprocess.run(command, capture_output=True, env={**os.environ, name: value}, cwd=ROOT)
    assert done.returncode == 2
    assert setting in done.stderr.decode()
