"""Other agencies ask how the petitions stand that they have referred to us."""

import json
from datetime import UTC
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from chalicelib.desk import referring, routing, tracking
from chalicelib.desk.vault import Vault
from chalicelib.domain.case import Case
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Light
from chalicelib.storage import cases
from tests.integration.agency import NUMBER, Asked, Sender, petition
from tests.integration.desk import CLEAR, UNCLEAR, Desk
from tests.integration.watching import everything

SILENT = dict.fromkeys(("state", "state_name", "unit", "unit_name", "light", "due", "replied_at"))


def case_of(answer: Asked, desk: Desk) -> Case:
    """The case of a referred petition, once the routing queue is worked off."""
    desk.later(seconds=1).route_all()
    return cases.load(answer.body["case"])


def test_the_agency_sees_how_its_petition_goes_on(province: Sender, desk: Desk) -> None:
    referred = province.refer()
    seen = province.ask()
    assert seen.status == 200
    assert (seen.body["state"], seen.body["unit"], seen.body["light"]) == ("received", None, "green")
    case = case_of(referred, desk)
    unit = desk.city.unit(case.unit)
    due = case.deadline
    assert unit is not None
    assert due is not None
    assert province.ask().body == {
        **{name: referred.body[name] for name in ("receipt", "receipt_spoken", "case", "your_number")},
        **{"state": "dispatched", "state_name": "已交办", "light": "green", "joined": False, "replied_at": None},
        **{"unit": unit.id, "unit_name": unit.name.zh, "due": f"{due.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"},
    }
    desk.later(hours=1).answered(case)
    seen = province.ask()
    assert (seen.body["state"], seen.body["light"], seen.body["due"]) == ("replied", None, None)
    assert seen.body["replied_at"] == f"{desk.now:%Y-%m-%dT%H:%M:%SZ}"


def test_names_are_in_the_language_that_is_asked_for(province: Sender, desk: Desk) -> None:
    case_of(province.refer(), desk)
    seen = replace(province, language="en").ask().body
    assert seen["state_name"].isascii()
    assert seen["unit_name"].isascii()


def test_a_petition_that_is_joined_is_seen_in_the_case_that_handles_it(province: Sender, desk: Desk) -> None:
    first = case_of(province.refer(number="1", petitioner={"name": "张桂兰", "phone": "13811112222"}), desk)
    second = case_of(province.refer(number="2", petitioner={"name": "李建国", "phone": "13833334444"}), desk)
    assert second.joined_to == first.case_id
    seen = province.ask("2").body
    assert (seen["case"], seen["joined"], seen["your_number"]) == (first.case_id, True, "2")
    assert (seen["state"], seen["unit"]) == ("dispatched", first.unit)
    assert not province.ask("1").body["joined"]
    desk.answered(cases.load(first.case_id))
    assert [province.ask(number).body["state"] for number in ("1", "2")] == ["replied", "replied"]


def test_whose_petitioner_has_withdrawn_has_withdrawn_though_the_case_goes_on(province: Sender, desk: Desk) -> None:
    case_of(province.refer(number="1", petitioner={"name": "张桂兰", "phone": "13811112222"}), desk)
    second = province.refer(number="2", petitioner={"name": "李建国", "phone": "13833334444"})
    case_of(second, desk)
    tracking.withdraw(second.body["receipt"], {"reason": ""}, desk.now)
    assert [province.ask(number).body["state"] for number in ("1", "2")] == ["dispatched", "withdrawn"]


def test_of_an_accusation_nothing_is_told_but_that_it_came(province: Sender, desk: Desk) -> None:
    words = {**UNCLEAR, "kind": "accusation", "title": "举报赵局长", "text": "他在饭店收了三个信封。"}
    referred = province.refer(**words)
    assert referred.status == 201
    for _ in range(2):
        known = {name: referred.body[name] for name in ("receipt", "receipt_spoken", "case", "your_number")}
        assert province.ask().body == {**known, **SILENT, "joined": False}
        assert case_of(referred, desk).sealed


@pytest.mark.parametrize("number", [NUMBER, "2", "㐂𠮷", "<script>", "..", "%", "x" * 100])
def test_nobody_reads_how_another_agencys_petition_stands(province: Sender, county: Sender, number: str) -> None:
    province.refer()
    before = everything()
    told = county.ask(number)
    assert (told.status, told.code) == (404, "not_found")
    assert told.refused
    kept = ("spent#county", "count#webhooks#county")  # that this was said, and how much is
    assert all(key.startswith(kept) for key in everything() if key not in before)


@pytest.mark.parametrize("number", ["\x00", "a\nb", "x" * 101, " "])
def test_a_number_that_no_petition_can_have_is_named(province: Sender, number: str) -> None:
    for language in ("zh", "en"):
        told = replace(province, language=language).ask(number)
        assert (told.status, told.fields) == (400, {"number"})
        assert told.refused


def test_the_question_of_a_stranger_is_not_answered(province: Sender, county: Sender) -> None:
    province.refer()
    before = everything()
    path = f"{province.path}/{quote(NUMBER)}"
    assert province.send("GET", path, b"", county.signed(b"")).status == 401
    assert province.send("GET", path, b"", province.signed(b"x")).status == 401
    assert province.send("GET", path, b"", {}).fields == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert everything() == before


def test_two_petitions_that_meet_in_one_number_both_are_found(
    province: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Vault.receipt_of
    monkeypatch.setattr(Vault, "receipt_of", lambda self, key, attempt=0: honest(self, key if attempt else "", attempt))
    told = [province.refer(number=number, **CLEAR) for number in ("1", "2")]
    assert [answer.status for answer in told] == [201, 201]
    assert [province.ask(number).body["receipt"] for number in ("1", "2")] == [
        answer.body["receipt"] for answer in told
    ]
    assert province.ask("3").status == 404


def test_the_light_is_that_of_now_though_the_sweep_has_not_come_yet(province: Sender, desk: Desk) -> None:
    agency = desk.city.agency("province")
    assert agency is not None
    referred = referring.refer(agency, json.loads(petition()), desk.later(days=-200).now)
    routing.route(Message(Topic.ROUTING, referred.case_id, 1), desk.now)
    assert cases.load(referred.case_id).light is Light.GREEN
    assert province.ask().body["light"] == "red"
    assert cases.load(referred.case_id).light is Light.GREEN, "looking writes nothing"
