"""一月一办结、一季一分析 on a desk at work: months counted once from their ledgers, and read by who may."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec.structs import replace
from pynamodb.exceptions import PutError

from chalicelib.desk import after_reply, cities, handling, reporting
from chalicelib.domain.city import City, Mailbox
from chalicelib.domain.errors import NotFound
from chalicelib.domain.facts import CITY, month_of
from chalicelib.domain.periods import Period, Span, shifted
from chalicelib.domain.reports import Listing, Measure, Table, Tally, Totals
from chalicelib.domain.words import DeclineGround, ReworkGround, Role
from chalicelib.storage import reports, settings
from chalicelib.storage.facts import Told, ledger_of
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.reporting import month_of_matters
from tests.integration.test_console import visitor
from tests.integration.watching import everything, lost, watched

pytestmark = pytest.mark.usefixtures("empty_bucket")

MARCH = date(2026, 3, 1)
APRIL_FIRST = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
ROOM = "/console/reports"


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "_running", None)


@pytest.fixture
def town(desk: Desk) -> Desk:
    """A desk with a dozen units: what is tested here is the same with a thousand."""
    some = [unit for unit in desk.city.units if unit.id != "urban-management"][:11]
    own = [unit for unit in desk.city.units if unit.id == "urban-management"]
    desk.city = cities.use(replace(desk.city, version=desk.city.version + 1, units=(*some, *own)))
    settings.save_city(desk.city)
    return desk


def number(totals: Totals, *measures: Measure) -> list[int]:
    """Some of the city's figures."""
    return [totals.all.get(measure, 0) for measure in measures]


def test_a_month_comes_to_what_happened_in_it(town: Desk) -> None:
    answered = town.replied(**{**UNCLEAR, "area": "990102", "title": "一件", "text": UNCLEAR["text"] + "甲" * 40})
    town.rated(town.receipts[0])
    declined = town.registered(title="二件", text=UNCLEAR["text"] + "乙" * 40)
    handling.decline(declined.case_id, declined.version, town.clerk, town.now, DeclineGround.COURT, "请向法院提出。")
    town.filed(kind="accusation", title="举报", text="举报某单位负责人收受礼金，请依法查处，我愿意配合调查。")
    town.route_all()
    totals = reporting.close_month(MARCH, APRIL_FIRST)
    assert number(totals, Measure.ARRIVED, Measure.HANDLED, Measure.DECLINED, Measure.RATED) == [3, 2, 1, 1]
    assert totals.unit(str(answered.unit))[Measure.ANSWERED] == 1
    assert {kind: counts[Measure.ARRIVED] for kind, counts in totals.of(Table.KIND).items()} == {
        "appeal": 2,
        "accusation": 1,
    }
    assert "举报" not in "".join(item["body"]["S"] for key, item in everything().items() if key.startswith("totals"))


def test_an_answer_after_a_rework_and_a_result_told_again_are_handled_once(town: Desk) -> None:
    case = town.replied(**UNCLEAR)
    case = after_reply.rework(case.case_id, case.version, town.clerk, town.now, ReworkGround.NOT_DONE, "没有办。")
    town.now += timedelta(days=1)
    town.answered(case)
    totals = reporting.close_month(MARCH, APRIL_FIRST)
    assert number(totals, Measure.ARRIVED, Measure.HANDLED, Measure.REWORKED) == [1, 1, 1]


def test_each_item_of_the_ledgers_is_read_once(town: Desk) -> None:
    month_of_matters(town.city, MARCH, 12)
    items = [key for key in everything() if key.startswith("ledger#")]
    with watched() as calls:
        reporting.count(MARCH)
    assert calls.looked_at == len(items)
    assert calls.count("Query") == len(town.city.units) + 1


def test_a_month_is_counted_once_and_stands_whatever_comes_after(town: Desk) -> None:
    month_of_matters(town.city, MARCH, 8)
    first = reporting.close_month(MARCH, APRIL_FIRST)
    kept = everything()
    month_of_matters(town.city, MARCH, 30, seed=8)
    assert reporting.close_month(MARCH, APRIL_FIRST + timedelta(days=400)) == first
    assert {key: item for key, item in everything().items() if key.startswith("totals")} == {
        key: item for key, item in kept.items() if key.startswith("totals")
    }
    with pytest.raises(ValueError, match="not over"):
        reporting.close_month(date(2026, 4, 1), APRIL_FIRST)


def test_a_count_that_is_killed_half_way_leaves_no_month_and_the_next_one_is_whole(
    town: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_of_matters(town.city, MARCH, 8)
    whole = reporting.count(MARCH)
    left = iter(range(4))

    def cut_off(unit: str, month: date) -> Iterator[Told]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return ledger_of(unit, month)

    monkeypatch.setattr(reporting, "ledger_of", cut_off)
    with pytest.raises(KeyboardInterrupt):
        reporting.close_month(MARCH, APRIL_FIRST)
    monkeypatch.undo()
    assert reports.months() == []
    with lost("PutItem"), pytest.raises((PutError, EndpointConnectionError)):
        reporting.close_month(MARCH, APRIL_FIRST)
    assert reports.months() == []
    assert reporting.close_month(MARCH, APRIL_FIRST) == whole
    assert reports.months() == [MARCH]


def test_every_month_since_the_first_case_is_closed_also_one_in_which_nothing_came(town: Desk) -> None:
    month_of_matters(town.city, shifted(MARCH, -3), 3)
    month_of_matters(town.city, MARCH, 3)
    assert reporting.close_months(APRIL_FIRST) == [shifted(MARCH, -by) for by in (3, 2, 1, 0)]
    assert reporting.close_months(APRIL_FIRST) == []
    assert reporting.report(Period(Span.MONTH, shifted(MARCH, -1)), APRIL_FIRST).totals == Totals()


def test_a_desk_without_a_case_closes_nothing(city: City) -> None:
    assert reporting.close_months(APRIL_FIRST) == []
    with pytest.raises(NotFound):
        reporting.report(Period(Span.MONTH, MARCH), APRIL_FIRST)


def test_the_totals_of_a_thousand_mailboxes_are_kept_in_items_that_fit_the_table(town: Desk) -> None:
    month_of_matters(town.city, MARCH, 1)
    told = next(iter(ledger_of(CITY, MARCH)))
    tally = Tally()
    for place in range(4000):
        about = replace(told.about, mailbox=f"mailbox-of-a-township-{place:05}")
        tally.add(CITY, f"{place:012}", about, told.facts)
    totals = tally.totals()
    head = reports.save(MARCH, totals, APRIL_FIRST)
    assert head.parts[Table.MAILBOX] > 1
    assert max(len(item["body"]["S"].encode()) for item in everything().values()) < 400_000
    assert reports.load(head) == totals
    assert reports.load(head, (Table.KIND,)).of(Table.MAILBOX) == {}


def test_a_quarter_is_its_months_and_is_compared_with_what_is_known_alone(town: Desk) -> None:
    for back in range(6):
        month_of_matters(town.city, shifted(MARCH, -back), 5 + back)
    reporting.close_months(APRIL_FIRST)
    report = reporting.report(Period(Span.QUARTER, date(2026, 1, 1)), APRIL_FIRST)
    assert report.totals.all[Measure.ARRIVED] == 5 + 6 + 7
    assert report.before is not None
    assert report.before.all[Measure.ARRIVED] == 8 + 9 + 10
    assert report.usual == report.before
    assert (report.year_before, report.provisional, report.missing) == (None, False, ())
    assert [one.month for one in report.series if one.counts is not None] == [
        shifted(MARCH, -by) for by in range(5, -1, -1)
    ]


# The pages, on the day on which the test runs.


@pytest.fixture
def now(town: Desk) -> Desk:
    """Last month and the one before have matters; the running one has some."""
    town.now = datetime.now(UTC)
    this = month_of(town.now)
    for back, matters in ((2, 6), (1, 9), (0, 2)):
        month_of_matters(town.city, shifted(this, -back), matters)
    reporting.close_months(town.now)
    return town


def last_month(desk: Desk) -> str:
    """Its key."""
    return f"{shifted(month_of(desk.now), -1):%Y-%m}"


def test_a_month_s_page_says_what_came_and_compares_in_words(now: Desk) -> None:
    page = visitor(Role.SUPERVISOR).get(f"{ROOM}/period/{last_month(now)}").page
    assert "收到来件9件" in page
    assert "环比上升50.0%（上月6件）" in page
    assert "上年同月没有可比数据" in page
    assert "前三个月数据不全" in page
    assert "style=" not in page
    assert page.count("<svg") == page.count('role="img"') == 4


def test_a_running_month_is_marked_and_compared_with_nothing(now: Desk) -> None:
    this = f"{month_of(now.now):%Y-%m}"
    clerk = visitor(Role.CLERK).get(f"{ROOM}/period/{this}")
    assert "本期未完，数字暂计到" in clerk.page
    assert "收到来件2件" in clerk.page
    assert "暂不比较" in clerk.page
    assert this not in {f"{month:%Y-%m}" for month in reports.months()}, "nothing of it is kept"
    assert "期满以后才能拟成公文" in clerk.page
    token = clerk.get(f"{ROOM}/period/{last_month(now)}").hidden()["csrf"]
    assert clerk.post(f"{ROOM}/period/{this}/paper", csrf=token).status == 409


def test_a_head_sees_the_own_unit_s_part_and_no_papers(now: Desk) -> None:
    head = visitor(Role.HEAD).get(f"{ROOM}/period/{last_month(now)}")
    assert "云汀市城市管理" in head.page or "城市管理" in head.page
    assert "各县区受理" not in head.page
    data = json.loads(head.get(f"{ROOM}/period/{last_month(now)}.json").page)
    assert "tables" not in data
    assert data["unit"] == "urban-management"
    assert head.get(f"{ROOM}/papers").status == 403
    lines = list(csv.reader(io.StringIO(head.get(f"{ROOM}/period/{last_month(now)}.csv").page.removeprefix("\ufeff"))))
    assert [line[1] for line in lines[1:]] == ["urban-management"]


def test_the_data_say_what_the_page_says(now: Desk) -> None:
    supervisor = visitor(Role.SUPERVISOR)
    data = json.loads(supervisor.get(f"{ROOM}/period/{last_month(now)}.json").page)
    assert data["all"]["arrived"] == 9 == sum(row["received"] for row in data["counties"])
    assert data["before"]["arrived"] == 6
    assert data["year_before"] is None
    lines = list(csv.reader(io.StringIO(supervisor.get(f"{ROOM}/period/{last_month(now)}.csv").page)))
    kinds = [int(line[3]) for line in lines if line[0] == "kind"]
    assert sum(kinds) == 9


@pytest.mark.parametrize("name", ["2026-13", "x", "1999", "2026-10.exe", "2026-10.docx", "%2e%2e"])
def test_a_period_that_there_is_not_is_not_found(name: str, town: Desk) -> None:
    assert visitor(Role.CLERK).get(f"{ROOM}/period/{name}").status == 404


def test_a_hostile_mailbox_name_is_words_on_the_page_and_in_the_spreadsheet(now: Desk) -> None:
    box = now.city.mailboxes[0]
    name = replace(box.name, zh="=cmd|'/c calc'!A1<script>", en="=x")
    boxes: tuple[Mailbox, ...] = tuple(replace(one, name=name) for one in now.city.mailboxes)
    settings.save_city(cities.use(replace(now.city, version=now.city.version + 1, mailboxes=boxes)))
    clerk = visitor(Role.CLERK).get(f"{ROOM}/period/{last_month(now)}")
    assert "<script" not in clerk.page
    rows = list(csv.reader(io.StringIO(clerk.get(f"{ROOM}/period/{last_month(now)}.csv").page)))
    assert {row[2][:2] for row in rows if row[0] == "mailbox"} == {"'="}


def test_overdue_matters_are_named_with_how_they_stand(town: Desk) -> None:
    town.now = datetime.now(UTC) - timedelta(days=75)
    case = town.signed(**UNCLEAR)
    assert case.deadline is not None
    town.now = case.deadline.red_at
    town.swept()
    month = month_of(town.now)
    totals = reporting.close_month(month, datetime.now(UTC))
    assert [one.case_id for one in totals.lists[Listing.OVERDUE]] == [case.case_id]
    page = visitor(Role.SUPERVISOR).get(f"{ROOM}/period/{month:%Y-%m}").page
    assert f'href="/console/cases/{case.case_id}"' in page


def test_a_month_that_nobody_has_closed_is_counted_and_kept_by_the_first_who_asks(town: Desk) -> None:
    month_of_matters(town.city, MARCH, 12)
    assert reports.head_of(MARCH) is None
    first = reporting.report(Period(Span.MONTH, MARCH), APRIL_FIRST)
    assert (first.provisional, first.counted_at, first.missing) == (False, APRIL_FIRST, ())
    assert number(first.totals, Measure.ARRIVED) == [12]
    month_of_matters(town.city, MARCH, 30)
    later = reporting.report(Period(Span.MONTH, MARCH), APRIL_FIRST + timedelta(days=1))
    assert (later.counted_at, later.totals) == (APRIL_FIRST, first.totals)
