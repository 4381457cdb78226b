"""An office amends its calendar: every open case is counted anew, whoever works on it and wherever they are cut off."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from chalice.app import CloudWatchEvent
from msgspec.structs import replace

from chalicelib.desk import cities, notifying, recounting, supervising, timing, tracking
from chalicelib.desk import handling as steps
from chalicelib.desk.committing import Step, finish
from chalicelib.domain.amending import HOLIDAYS
from chalicelib.domain.calendar import CalendarDay
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import Invalid
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.recounting import recount
from chalicelib.domain.words import ClockName, Light, Role
from chalicelib.entrypoints import schedules
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases, notices, recounts, settings
from tests.integration.desk import Desk
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, watched
from tests.integration.wire import as_read
from tests.unit.test_amending import YEAR

TYPHOON = {"day": "2026-03-03", "to": "", "working": "no", "note": "台风停工"}


def always() -> bool:
    """There is time."""
    return True


def times(number: int) -> Callable[[], bool]:
    """There is time for so many pages."""
    left = iter([True] * number)
    return lambda: next(left, False)


def typhoon(desk: Desk) -> None:
    """Tuesday the 3rd of March is off."""
    recounting.add_days(TYPHOON, desk.now)


def settled(desk: Desk) -> recounts.Recount | None:
    """Everything is counted, and once more when every process knows the calendar."""
    recounting.work(desk.now, always)
    return recounting.work(desk.now + recounting.KNOWN_EVERYWHERE, always)


def handling(case: Case) -> Clock:
    """The clock of the answer, as it is stored."""
    return next(clock for clock in cases.load(case.case_id).clocks if clock.name is ClockName.HANDLE)


def recounted(case: Case) -> int:
    """How often a case was counted anew, by its record."""
    record = cases.record_of(case.case_id)
    assert first_break(record) is None
    assert fold(record) == cases.load(case.case_id)
    return [event.kind for event in record].count("ClocksRecounted")


def some(desk: Desk, number: int = 4) -> list[Case]:
    """Cases at the desk and at a unit."""
    with_unit = [desk.signed(title=f"占道{each}", text=f"{each}号楼前店外经营，堵了通道。") for each in range(number)]
    return [*with_unit, desk.registered()]


def test_every_open_case_is_counted_anew_and_an_answered_one_is_left_alone(desk: Desk) -> None:
    answered, open_cases = desk.replied(title="地砖", text="地砖翘起来了，雨天溅水，请城管修一修。"), some(desk)
    before = [handling(case).due_at for case in open_cases[:-1]]
    typhoon(desk)
    done = settled(desk)
    assert done is not None
    assert done.finished_at is not None
    assert (done.changed, done.failed) == (len(open_cases), 0)
    assert [handling(case).due_at for case in open_cases[:-1]] == [end + timedelta(days=1) for end in before]
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)
    assert recounted(answered) == 0


def test_counting_is_cut_off_anywhere_and_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "PAGE", 2)
    open_cases = some(desk, 5)
    typhoon(desk)
    first = recounting.work(desk.now, times(1))
    assert first is not None
    assert first.finished_at is None
    for _ in range(200):
        if recounting.work(desk.now + recounting.KNOWN_EVERYWHERE, times(1)) is None:
            break
    last = recounts.load()
    assert last is not None
    assert last.finished_at is not None
    assert last.changed == len(open_cases)
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)


def test_a_page_that_was_counted_but_not_noted_is_counted_again_without_effect(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_cases = some(desk)
    typhoon(desk)

    def killed(_: recounts.Recount) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recounts, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            recounting.work(desk.now, always)
    settled(desk)
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)


def test_two_at_once_do_no_more_than_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    open_cases = some(desk)
    typhoon(desk)
    listed = cases.listed
    ran: list[bool] = []

    def raced(*args: object) -> cases.Page:
        page = listed(*args)  # type: ignore[arg-type]
        if not ran:
            ran.append(True)
            recounting.work(desk.now, times(1))  # the other one, between our read and our write
        return page

    monkeypatch.setattr(cases, "listed", raced)
    recounting.work(desk.now, always)
    settled(desk)
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)


def test_a_case_that_moves_under_the_hand_is_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (case, *_) = some(desk, 1)
    typhoon(desk)
    ran: list[bool] = []

    def raced(step: Step, at: datetime) -> None:
        if not ran:
            ran.append(True)
            timing.ask(case.case_id, case.version, desk.handler(case), desk.now, "请补充门牌号。")
        finish(step, at=at)

    monkeypatch.setattr(recounting, "finish", raced)
    settled(desk)
    assert recounted(case) == 1
    waiting = cases.load(case.case_id).waiting
    assert waiting is not None
    assert waiting.stopped[0].due_at == case.clocks[0].due_at + timedelta(days=1)


def test_one_case_that_cannot_be_counted_does_not_stop_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned, *others = some(desk)

    def failing(case: Case, *args: object) -> object:
        if case.case_id == poisoned.case_id:
            raise ZeroDivisionError
        return recount(case, *args)  # type: ignore[arg-type]

    typhoon(desk)
    with monkeypatch.context() as patched:
        patched.setattr(recounting, "recount", failing)
        done = settled(desk)
    assert done is not None
    assert done.failed == 1
    assert [recounted(case) for case in others] == [1] * len(others)
    recounting.try_again()
    settled(desk)
    assert recounted(poisoned) == 1


def test_what_an_old_process_files_meanwhile_is_found_by_the_second_round(desk: Desk) -> None:
    old = cities.known()
    typhoon(desk)
    new = cities.known()
    recounting.work(desk.now, always)
    cities.use(old)
    late = desk.registered()
    cities.use(new)
    assert recounted(late) == 0
    done = recounting.work(desk.now + recounting.KNOWN_EVERYWHERE, always)
    assert done is not None
    assert done.finished_at is not None
    assert recounted(late) == 1


def test_what_is_filed_after_the_amendment_is_counted_by_it_at_once(desk: Desk) -> None:
    typhoon(desk)
    late = desk.signed()
    settled(desk)
    assert recounted(late) == 0
    assert handling(late).promised_by == datetime(2026, 3, 10, 16, 0, tzinfo=UTC)


class Context:
    """What Lambda tells of the time that is left."""

    def get_remaining_time_in_millis(self) -> int:
        """Plenty."""
        return 300_000


EVENT = cast(CloudWatchEvent, SimpleNamespace(context=Context()))


def test_the_sweep_begins_what_the_amendment_was_cut_off_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.now = datetime.now(UTC)
    case = desk.signed()
    day = (desk.now + timedelta(hours=8)).date()
    calendar = cities.trade().calendar
    tomorrow = next(day + timedelta(days=n) for n in range(1, 15) if calendar.is_working_day(day + timedelta(days=n)))
    cities.change(lambda city: replace(city, days=(CalendarDay(tomorrow, False, "停工"),)))
    assert recounts.load() is None
    schedules.sweep(EVENT)
    assert recounted(case) == 1


def test_the_first_sweep_of_a_desk_only_notes_which_calendar_it_has(desk: Desk) -> None:
    schedules.sweep(EVENT)
    kept = recounts.load()
    assert kept is not None
    assert kept.finished_at is not None
    before = everything()
    schedules.sweep(EVENT)
    pulse = "settings pulse"  # that it ran is noted each time
    assert {**everything(), pulse: ""} == {**before, pulse: ""}


def test_another_packaged_calendar_is_counted_by_without_anybody_asking(desk: Desk) -> None:
    case = desk.signed()
    assert recounting.under_way(desk.now) is None
    kept = recounts.load()
    assert kept is not None
    recounts.save(replace(kept, version=kept.version + 1, calendar="of an older package"))
    assert recounting.under_way(desk.now) is not None
    settled(desk)
    assert recounted(case) == 0  # it was counted, and nothing had moved


def test_no_light_turns_red_by_a_day_that_was_taken_off_in_time(desk: Desk) -> None:
    case = desk.signed()
    end = handling(case).due_at  # midnight after Monday the 9th
    desk.now = end - timedelta(hours=3)
    recounting.add_days({**TYPHOON, "day": "2026-03-09"}, desk.now)
    desk.now = end + timedelta(minutes=10)  # nobody counted so far
    under_way = recounting.under_way(desk.now)
    assert under_way is not None
    swept = supervising.sweep(desk.now, always, under_way.amended_at).happened
    assert "Supervised" not in swept
    assert cases.load(case.case_id).light is Light.YELLOW
    assert handling(case).due_at == end + timedelta(days=1)


def test_counting_reads_the_lists_and_no_more(desk: Desk) -> None:
    open_cases = some(desk, 3)
    for number in range(6):
        desk.concluded(title=f"第{number}件", text=f"第{number}件，路灯不亮，城管也请看看。")
    typhoon(desk)
    with watched() as calls:
        recounting.work(desk.now, always)
    assert "Scan" not in calls
    assert calls.looked_at == len(open_cases)


def test_the_citizen_sees_the_step_and_is_told_only_of_her_own_days(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    case = desk.case_of(receipt)
    case = steps.sign(case.case_id, case.version, desk.handler(case), desk.now)
    case = timing.ask(case.case_id, case.version, desk.handler(case), desk.now, "请补充门牌号。")
    recounting.add_days({**TYPHOON, "day": "2026-03-17"}, desk.now)
    settled(desk)
    case = cases.load(case.case_id)
    assert recounted(case) == 1
    steps_seen = as_read(status_view(tracking.track(receipt.number, desk.now), desk.city, "zh"))["steps"]
    assert isinstance(steps_seen, list)
    assert steps_seen[-1]["name"] == "重新计算期限"
    assert steps_seen[-1]["detail"] == "期限按调整后的工作日历重新计算：补充期限到2026-03-18"
    notifying.notify(Message(Topic.NOTICES, case.case_id, case.version), desk.now)
    told = [one for one in notices.of_day(desk.now) if one.event == case.version]
    assert ["2026-03-18" in one.text for one in told] == [True]


def administrator() -> Visitor:
    """Somebody who keeps the calendar, with its page open."""
    return visitor(Role.ADMINISTRATOR).get("/console/calendar")


def working_day_ahead(desk: Desk) -> date:
    """A working day soon."""
    day = (desk.now + timedelta(hours=8)).date()
    calendar = cities.trade().calendar
    return next(day + timedelta(days=n) for n in range(1, 15) if calendar.is_working_day(day + timedelta(days=n)))


def test_an_administrator_adds_a_day_off_and_takes_it_back_and_deadlines_follow_both(now: Desk) -> None:
    case, day = now.signed(), working_day_ahead(now)
    before, version = handling(case).due_at, cities.refreshed().version
    admin = administrator()
    assert admin.page.count("<caption>") == 12
    form = {"day": f"{day}", "to": "", "working": "no", "note": "台风停工"}
    assert admin.send("/console/calendar/days", **form).status == 303
    shown = admin.get("/console/calendar").page
    assert "台风停工" in shown
    assert "1件" in shown
    assert cities.refreshed().version == version + 1
    assert settings.load_city() == cities.known()
    moved = handling(case).due_at
    assert moved > before
    assert admin.send("/console/calendar/days/removal", day=f"{day}", to=f"{day}").status == 303
    assert cities.refreshed().days == ()
    assert handling(case).due_at == before


def test_a_day_that_is_wrong_is_refused_and_what_was_typed_is_still_there(now: Desk) -> None:
    admin = administrator()
    answer = admin.send("/console/calendar/days", day="2020-01-01", to="", working="no", note="台风停工")
    assert answer.status == 400
    assert "31天" in answer.page
    assert 'value="2020-01-01"' in answer.page
    assert cities.refreshed().days == ()
    assert admin.get("/console/calendar").send("/console/calendar/days/removal", day="2026-01-01").status == 404


def test_next_year_is_entered_whole_and_known_from_then_on(desk: Desk) -> None:
    november = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)
    assert cities.trade().calendar.covered_until.year == 2026, "the packaged calendar knows more: enter the year after"
    recounting.add_year(YEAR, {name: name for name in (*HOLIDAYS, "exchanged")}, november)
    assert cities.trade().calendar.covered_until == date(2027, 12, 31)
    with pytest.raises(Invalid):
        recounting.add_year(YEAR, {}, november)


@pytest.mark.parametrize("role", sorted(set(PEOPLE) - {Role.ADMINISTRATOR}))
def test_nobody_else_changes_the_calendar(role: Role, city: object) -> None:
    person = visitor(role).get("/console/assessment")
    for place in ("days", "days/removal", "years", "recount"):
        assert person.send(f"/console/calendar/{place}", day="2026-03-04").status == 403
    assert not cities.refreshed().days


def test_a_clerk_reads_in_the_record_why_a_deadline_moved(now: Desk) -> None:
    case, day = now.signed(), working_day_ahead(now)
    recounting.add_days({"day": f"{day}", "working": "no", "note": "台风停工"}, now.now)
    recounting.work(now.now, always)
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    assert "重新计算期限" in page
    assert re.search(r"答复期限到\d{4}-\d\d-\d\d", page)
