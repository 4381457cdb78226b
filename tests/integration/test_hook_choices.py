"""Each endpoint is told what was chosen for it, thinly or in full, and signed by every key that is live."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.desk import cities, endpoints, hook_log, telling
from chalicelib.desk.delivering import deliver
from chalicelib.desk.told import SealedWarningEvent, StepEvent, ThinEvent, WarningEvent
from chalicelib.domain.errors import Invalid, NotFound, RuleBroken
from chalicelib.domain.hooks import MOST_ENDPOINTS, WARNING_TYPES
from chalicelib.domain.messages import Topic
from chalicelib.domain.terms import calendar_days
from chalicelib.domain.words import Kind
from chalicelib.storage import deliveries
from tests.integration.agency import Sender
from tests.integration.belongings import erased
from tests.integration.desk import Desk
from tests.integration.hooking import go_on, hook, tell, work_off
from tests.integration.receiver import receiving, says
from tests.integration.test_warnings import left_alone
from tests.integration.watching import everything, in_plain, outbox, sent

NOWHERE = "http://127.0.0.1:9/"


def told(desk: Desk) -> dict[str, list[str]]:
    """The types that wait for each endpoint."""
    found: dict[str, set[str]] = {}
    for message in sent(Topic.WEBHOOKS):
        endpoint = endpoints.find(str(message.endpoint))
        found.setdefault(endpoint.id, set()).add(json.loads(telling.body_of(message, endpoint))["type"])
    return {name: sorted(types) for name, types in found.items()}


def test_an_endpoint_is_told_the_types_that_were_chosen_and_nothing_is_queued_for_nobody(now: Desk) -> None:
    tell(
        hook("all", NOWHERE),
        hook("some", NOWHERE, types=("case.registered", "case.replied")),
        hook("none", NOWHERE, types=("case.withdrawn",)),
        hook("closed", NOWHERE, enabled=False),
    )
    now.replied()
    heard = told(now)
    assert heard["some"] == ["case.registered", "case.replied"]
    assert set(heard) == {"all", "some"}
    assert {one.rpartition(".")[2] for one in outbox() if one.startswith("webhooks")} == {"all", "some"}


def test_an_endpoint_of_some_units_is_told_of_their_cases_and_when_one_leaves_them(now: Desk) -> None:
    case = now.dispatched()
    other = next(unit.id for unit in now.city.units if unit.id not in (case.unit, now.city.desk_unit))
    tell(hook("theirs", NOWHERE, units=(str(case.unit),)), hook("others", NOWHERE, units=(other,)))
    now.answered(case)
    assert told(now) == {"theirs": ["case.replied"]}


def test_warnings_can_be_chosen_one_by_one_and_need_their_own_tick(desk: Desk) -> None:
    chosen = ("warning.supervised",)
    tell(
        hook("orders", NOWHERE, warnings=True, types=chosen),
        hook("everything", NOWHERE, warnings=True),
        hook("some-steps", NOWHERE, warnings=True, types=("case.replied",)),
        hook("unticked", NOWHERE, types=("case.accepted", *chosen)),
    )
    left_alone(desk, desk.signed(), days=12)
    heard = told(desk)
    assert heard["orders"] == ["warning.supervised"]
    assert heard["unticked"] == ["case.accepted"]
    assert {one for one in heard["everything"] if one.startswith("warning")} == set(heard["some-steps"])
    assert len(heard["some-steps"]) > 2


def test_a_thin_event_says_by_what_it_is_looked_up_and_no_more(province: Sender, desk: Desk) -> None:
    tell(
        hook("own", NOWHERE, agency="province", thin=True),
        hook("other", NOWHERE, thin=True),
        hook("full", NOWHERE, agency="province"),
    )
    referred = province.refer()
    desk.later(seconds=1).route_all()
    case = referred.body["case"]
    bodies = {
        str(one.endpoint): telling.body_of(one, endpoints.find(str(one.endpoint)))
        for one in sent(Topic.WEBHOOKS)
        if one.case_id == case and one.event == 2
    }
    own, other = (msgspec.json.decode(bodies[name], type=ThinEvent) for name in ("own", "other"))
    assert set(json.loads(bodies["own"])["data"]) == {"case", "number", "your_number", "link"}
    assert (own.type, own.data.case, own.data.number) == ("case.registered", case, 2)
    assert own.data.your_number == referred.body["your_number"]
    assert own.data.link is not None
    path = own.data.link.removeprefix("http://127.0.0.1:8000")
    assert province.send("GET", path, b"", province.signed(b"")).body["case"] == case, "it can be looked up there"
    assert (other.data.your_number, other.data.link) == (None, f"http://127.0.0.1:8000/console/cases/{case}")
    assert msgspec.json.decode(bodies["full"], type=StepEvent).data.your_number == referred.body["your_number"]


def test_of_an_accusation_a_thin_warning_is_two_numbers(desk: Desk) -> None:
    tell(hook("thin", NOWHERE, warnings=True, thin=True), hook("full", NOWHERE, warnings=True))
    left_alone(desk, desk.dispatched(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION)), days=30)
    for message in sent(Topic.WEBHOOKS):
        body = telling.body_of(message, endpoints.find(str(message.endpoint)))
        if message.endpoint == "full":
            assert msgspec.json.decode(body, type=SealedWarningEvent).type in WARNING_TYPES
            continue
        data: dict[str, Any] = json.loads(body)["data"]
        assert data == {"case": message.case_id, "number": message.event, "your_number": None, "link": None}


def test_while_keys_rotate_both_verify_and_afterwards_the_new_one_alone(now: Desk) -> None:
    with receiving() as agency:
        tell(hook("rotating", agency.url, types=("case.dispatched",)))
        old = endpoints.find("rotating").secret
        new = endpoints.new_key("rotating", now.now).secret
        assert new != old
        now.dispatched()
        work_off(now)
        assert len(agency.headers[0]["webhook-signature"].split(" ")) == 2
        assert (
            Webhook(new).sign(
                agency.headers[0]["webhook-id"], now.now.replace(microsecond=0), agency.bodies[0].decode()
            )
            == (agency.headers[0]["webhook-signature"].split(" ")[0])
        ), "the newest first"
        for key in (old, new):
            assert agency.verified_then(0, key)["type"] == "case.dispatched"
        with pytest.raises(RuleBroken, match="two_keys"):
            endpoints.new_key("rotating", now.now)

        now.later(hours=24, seconds=1)
        now.dispatched(title="另一件", text="下水道堵了，污水漫到路上。", area="990102")
        work_off(now)
        assert agency.verified_then(-1, new)
        with pytest.raises(WebhookVerificationError):
            agency.verified_then(-1, old)
        newest = endpoints.new_key("rotating", now.now).secret
        assert newest not in (old, new)


def test_a_key_that_is_retired_signs_no_more(now: Desk) -> None:
    with receiving() as agency:
        tell(hook("rotating", agency.url))
        old = endpoints.find("rotating").secret
        endpoints.new_key("rotating", now.now)
        endpoints.retire_key("rotating")
        assert hook_log.test("rotating", now.now).taken
        with pytest.raises(WebhookVerificationError):
            agency.verified_then(-1, old)
        assert agency.verified_then(-1, endpoints.find("rotating").secret) == {
            "type": "test.ping",
            "timestamp": json.loads(agency.bodies[0])["timestamp"],
            "data": {"endpoint": "rotating"},
        }


def test_a_replay_sends_the_same_ids_and_bodies_case_by_case_though_all_is_set_otherwise_since(now: Desk) -> None:
    with receiving() as agency:
        tell(hook("loser", agency.url))
        begins = now.now
        for number in range(2):
            now.dispatched(title=f"第{number}件", text=f"{number}号楼前店外经营，占了盲道。")
            work_off(now)
            now.later(minutes=10)
        ends = now.now
        first = dict(zip([one["webhook-id"] for one in agency.headers], agency.bodies, strict=True))
        tell(hook("loser", agency.url, thin=True, types=("case.withdrawn",)))
        agency.bodies.clear()
        agency.headers.clear()
        assert len(hook_log.to_replay("loser", begins, ends, now.now)) == 6
        assert hook_log.replay("loser", begins, ends, now.now) == 6
        work_off(now)
        ids = [one["webhook-id"] for one in agency.headers]
        assert ids == sorted(first)
        assert dict(zip(ids, agency.bodies, strict=True)) == first
        assert hook_log.replay("loser", begins, begins + timedelta(minutes=5), now.now) == 3
        assert hook_log.replay("loser", ends + timedelta(minutes=5), ends + timedelta(hours=1), now.now) == 0


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [(timedelta(0), timedelta(0), "ends"), (timedelta(0), timedelta(hours=-1), "ends"),
     (timedelta(days=-32), timedelta(0), "begins")],
)  # fmt: skip
def test_a_period_that_is_none_or_is_forgotten_is_refused(
    now: Desk, begins: timedelta, ends: timedelta, field: str
) -> None:
    tell(hook("loser", NOWHERE))
    with pytest.raises(Invalid) as refused:
        hook_log.to_replay("loser", now.now + begins, now.now + ends, now.now)
    assert [error.field for error in refused.value.errors] == [field]


def test_more_than_is_sent_at_once_is_refused_before_anything_is_sent(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_log, "MOST_REPLAYED", 2)
    with receiving() as agency:
        tell(hook("loser", agency.url))
        begins = now.now
        now.dispatched()
        work_off(now)
        with pytest.raises(Invalid):
            hook_log.replay("loser", begins, now.later(hours=1).now, now.now)
    assert not [one for one in outbox() if one.startswith("webhooks")]


def test_the_log_keeps_each_attempt_with_what_was_sent_and_what_came_back(now: Desk) -> None:
    with receiving(says(500, b"no"), says(200, b"yes")) as agency:
        tell(hook("kept", agency.url, types=("case.dispatched",)))
        case = now.dispatched()
        work_off(now)
        go_on(now, "kept", minutes=1)
        logged = hook_log.log("kept", failed_only=False, before="")
        assert [(one.status, one.answer, one.attempt, one.type) for one in logged.deliveries] == [
            (200, "yes", 2, "case.dispatched"),
            (500, "no", 1, "case.dispatched"),
        ]
        assert [one.status for one in hook_log.log("kept", failed_only=True, before="").deliveries] == [500]
        for one in logged.deliveries:
            assert hook_log.opened("kept", one.place).body.encode() == agency.bodies[0]
        earlier = hook_log.log("kept", failed_only=False, before=logged.deliveries[0].place)
        assert earlier.deliveries == logged.deliveries[1:]
        hook_log.send_again("kept", logged.deliveries[0].place, now.now)
        work_off(now)
        assert agency.headers[-1]["webhook-id"] == agency.headers[0]["webhook-id"]
        assert agency.bodies[-1] == agency.bodies[0]
    for place in ("", "x", f"{logged.deliveries[0].place}0"):
        with pytest.raises(NotFound):
            hook_log.opened("kept", place)
    kept = [item for key, item in everything().items() if key.startswith(("delivery#", f"case#{case.case_id} told#"))]
    assert len(kept) == 4
    assert all(int(item["expires"]["N"]) > now.now.timestamp() for item in kept)


def test_the_log_is_read_page_by_page(now: Desk) -> None:
    for number in range(5):
        at = now.now + timedelta(seconds=number)
        deliveries.keep(deliveries.Delivery("paged", "m", number, at, 500, 1, ""))
    for read in (deliveries.log, deliveries.failures):
        first = read("paged", 2)
        second = read("paged", 2, str(first.before))
        last = read("paged", 2, str(second.before))
        assert [[one.attempt for one in page.deliveries] for page in (first, second, last)] == [[4, 3], [2, 1], [0]]
        assert last.before is None


def test_with_what_a_citizen_wrote_goes_what_the_log_kept_of_it(desk: Desk) -> None:
    terms = replace(cities.known().terms, retention=calendar_days(1))
    cities.use(replace(cities.known(), terms=terms))
    with receiving() as agency:
        tell(hook("told", agency.url, types=("case.dispatched",)))
        title = "独一无二的标题"
        case = desk.dispatched(title=title, may_publish=True)
        work_off(desk)
        assert title in agency.bodies[0].decode()
        desk.withdrawn(desk.receipts[0])
        desk.later(days=5)
        erased(desk, desk.receipts[0])
        [one] = hook_log.log("told", failed_only=False, before="").deliveries
        assert hook_log.opened("told", one.place).body == ""
        assert title not in in_plain()
        hook_log.send_again("told", one.place, desk.now)
        work_off(desk)
        assert json.loads(agency.bodies[-1])["data"]["case"] == case.case_id
        assert title not in agency.bodies[-1].decode()


def test_there_are_twelve_endpoints_at_most(desk: Desk) -> None:
    for number in range(MOST_ENDPOINTS):
        endpoints.add_endpoint({"name": f"机关{number}", "url": NOWHERE})
    with pytest.raises(RuleBroken):
        endpoints.add_endpoint({"name": "又一家", "url": NOWHERE})
    assert len(cities.refreshed().endpoints) == MOST_ENDPOINTS


def test_a_warning_s_body_is_of_its_schema(desk: Desk) -> None:
    tell(hook("warned", NOWHERE, warnings=True, types=("warning.supervised",)))
    left_alone(desk, desk.signed(), days=10)
    message = sent(Topic.WEBHOOKS)[0]
    assert msgspec.json.decode(telling.body_of(message, endpoints.find("warned")), type=WarningEvent).data.level == 1


def test_a_delivery_whose_body_was_kept_says_the_same_when_a_unit_was_renamed(now: Desk) -> None:
    with receiving(says(500), says(200)) as agency:
        tell(hook("same", agency.url, types=("case.dispatched",)))
        now.dispatched()
        [message] = sent(Topic.WEBHOOKS)
        deliver(message, now.now)
        tell(hook("same", agency.url, thin=True))
        go_on(now, "same", minutes=1)
    assert agency.bodies[0] == agency.bodies[1]


def test_a_test_is_of_no_step_and_is_not_sent_again(now: Desk) -> None:
    with receiving() as agency:
        tell(hook("tested", agency.url))
        assert hook_log.test("tested", now.now).taken
        [logged] = hook_log.log("tested", False, "").deliveries
        with pytest.raises(NotFound):
            hook_log.send_again("tested", logged.place, now.now)
        assert len(agency.bodies) == 1
