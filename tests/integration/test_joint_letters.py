"""A joint letter: filed by its representative, its names kept apart, its people counted."""

import json

import pytest

from chalicelib.desk import handling, tracking
from chalicelib.domain.errors import KeyUsed
from chalicelib.domain.events import Filed
from chalicelib.domain.words import Kind
from chalicelib.entrypoints.views import status_view
from chalicelib.storage import cases
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.test_console import PEOPLE
from tests.integration.visitor import Visitor, request
from tests.integration.watching import in_plain

SIGNERS = [f"联名人{chr(0x4E00 + number)} 1390000{number:04}" for number in range(19)]
JOINT = {"joint": True, "signers": "\n".join(SIGNERS)}


def test_twenty_who_sign_one_letter_are_twenty_people_with_one_receipt(desk: Desk) -> None:
    case = desk.routed(**JOINT)
    filed = cases.record_of(case.case_id)[0].payload
    assert isinstance(filed, Filed)
    assert (filed.signers, case.people, len(case.receipts)) == (20, 20, 1)
    view = status_view(tracking.track(desk.receipts[0].number, desk.now), desk.city, "zh")
    assert view.signers == 20


def test_no_name_or_telephone_of_theirs_can_be_read_without_the_key(desk: Desk) -> None:
    case = desk.routed(**JOINT)
    desk.answered(case)
    plain = in_plain()
    assert "联名人" not in plain
    assert "13900000007" not in plain


def test_a_sealed_joint_letter_tells_no_name_either(desk: Desk) -> None:
    case = desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **JOINT)
    assert case.people == 20
    assert "联名人" not in in_plain()


def test_the_same_form_gives_the_same_receipt_and_other_signers_are_another_letter(desk: Desk) -> None:
    first = desk.filed(key="0123456789abcdef", phone="13800009001", **JOINT)
    assert desk.filed(key="0123456789abcdef", phone="13800009001", **JOINT).number == first.number
    with pytest.raises(KeyUsed):
        desk.filed(key="0123456789abcdef", phone="13800009001", joint=True, signers=SIGNERS[0])


def test_who_may_know_sees_the_names_and_the_look_is_on_record(now: Desk) -> None:
    case = now.routed(**UNCLEAR, **JOINT)
    receipt = now.receipts[0].number
    clerk = Visitor(PEOPLE[next(iter(PEOPLE))]).sign_in().get(f"/console/cases/{case.case_id}")
    assert "联名20人" in clerk.page
    assert "联名人一" not in clerk.page
    clerk.send(f"/console/cases/{case.case_id}/petitioner/{receipt}")
    assert all(line.split()[0] in clerk.page and line.split()[1] in clerk.page for line in SIGNERS)
    assert cases.record_of(case.case_id)[-1].kind == "PetitionerSeen"


def test_the_unit_sees_how_many_and_not_who_where_the_names_are_kept_from_it(now: Desk) -> None:
    case = now.dispatched(keep_name_from_unit=True, **JOINT)
    receipt = now.receipts[0].number
    handler = Visitor(now.handler(case)).sign_in().get(f"/console/cases/{case.case_id}")
    assert "联名20人" in handler.page
    assert handler.send(f"/console/cases/{case.case_id}/petitioner/{receipt}").status == 403
    assert "联名人一" not in handler.page


def test_who_joins_with_a_joint_letter_is_counted_with_all_who_signed(desk: Desk) -> None:
    first = desk.routed()
    second = desk.later(hours=1).routed(**JOINT)
    assert second.joined_to == first.case_id
    case = cases.load(first.case_id)
    assert (len(case.receipts), case.people) == (2, 21)
    case = handling.split(case.case_id, case.version, desk.clerk, desk.now, desk.receipts[1].number, "说的是另一条路。")
    assert (case.people, cases.load(second.case_id).people) == (1, 20)


@pytest.mark.parametrize(("language", "words"), [("zh", "第2行的电话不对"), ("en", "telephone on line 2")])
def test_the_page_is_told_which_line_is_wrong(desk: Desk, language: str, words: str) -> None:
    from tests.integration.desk import form

    body = json.dumps(form(joint=True, signers="张三\n李四 12")).encode()
    headers = {"Content-Type": "application/json", "Accept-Language": language}
    answer = request("POST", "/api/submissions", body, headers)
    assert answer.status_code == 400
    [field] = json.loads(answer.body)["error"]["fields"]
    assert field["field"] == "signers"
    assert words in field["message"]
