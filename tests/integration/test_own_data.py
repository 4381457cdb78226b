"""A citizen's copy of all that the desk keeps of her, and of nobody else."""

import json

import pytest

from chalicelib.desk import copying, working
from chalicelib.domain.words import Kind
from chalicelib.entrypoints.own_data import copy_view
from chalicelib.storage import cases
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.belongings import (
    HERS,
    SAID,
    STAFF_SAID,
    answered,
    ask,
    file,
    lived,
)
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.watching import everything
from tests.integration.wire import Page, as_read, is_refusal

pytestmark = pytest.mark.usefixtures("not_far_back", "empty_bucket")


def test_the_copy_holds_everything_that_the_desk_keeps_of_her(desk: Desk) -> None:
    case, receipt = lived(desk)
    copy = as_read(copy_view(copying.copy_of(receipt.number, desk.now), desk.city, "zh"))
    plain = json.dumps(copy, ensure_ascii=False)
    for text in (*HERS.values(), *SAID.values(), STAFF_SAID["reply"]):
        assert text in plain, text
    assert STAFF_SAID["note"] not in plain
    kinds = {cases.event(case.case_id, one.event).kind for one in copying.copy_of(receipt.number, desk.now).notices}
    assert {"Registered", "Replied"} <= kinds
    notices = copy["notices"]
    assert isinstance(notices, list)
    assert {one["to"] for one in notices} == {"139******78", "d***@example.cn"}
    looks = copy["looks"]
    assert isinstance(looks, list)
    assert [(one["what"], one["by"]) for one in looks] == [("查看来信人信息", "承办人")]
    assert "孙立" not in plain


def test_the_copy_of_one_holds_nothing_of_the_others_of_the_same_matter(desk: Desk) -> None:
    first = desk.filed(**HERS)
    desk.route_all()
    other = {**HERS, "name": "公孙弘", "phone": "13811112222", "email": "gongsun@example.cn", "place": "望江路夜市"}
    second = desk.later(hours=1).filed(**other)
    desk.route_all()
    assert desk.case_of(first).case_id == desk.case_of(second).case_id
    desk.supplemented(first, SAID["added"])
    working.petitioner_of(desk.clerk, desk.case_of(first).case_id, first.number, desk.now)
    answered(desk, first)
    desk.rated(first, "not", SAID["rating"])
    tell(desk)
    copy = as_read(copy_view(copying.copy_of(second.number, desk.now), desk.city, "zh"))
    plain = json.dumps(copy, ensure_ascii=False)
    assert "公孙弘" in plain
    for secret in (HERS["name"], HERS["phone"], HERS["place"], SAID["added"], SAID["rating"], first.number, first.code):
        assert secret not in plain
    assert copying.copy_of(second.number, desk.now).looks == ()


def test_the_copy_of_an_accusation_is_opened_for_its_writer_and_tells_every_look_at_it(desk: Desk) -> None:
    receipt = desk.filed(**HERS, kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), uploads=[file(desk)])
    desk.route_all()
    case = desk.case_of(receipt)
    working.dossier(desk.handler(case), case.case_id, desk.now)
    working.file_of(desk.handler(case), case.case_id, receipt.number, 0, desk.now)
    copy = as_read(copy_view(copying.copy_of(receipt.number, desk.now), desk.city, "zh"))
    plain = json.dumps(copy, ensure_ascii=False)
    assert all(text in plain for text in (*HERS.values(), SAID["file"]))
    assert len(copying.copy_of(receipt.number, desk.now).looks) == 2


def test_the_copy_is_given_as_a_file_for_number_and_code_and_kept_by_nobody(desk: Desk, page: Page) -> None:
    _, receipt = lived(desk)
    answer = ask(page, receipt, "copy")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="sunlight-{receipt.number}.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body["name"] == HERS["name"]


@pytest.mark.parametrize("what", ["copy", "erasure"])
def test_wrong_codes_are_refused_and_slowed_as_in_tracking(desk: Desk, page: Page, what: str) -> None:
    receipt = desk.filed()
    before = {key for key in everything() if not key.startswith("tries#")}
    path = f"/api/submissions/{receipt.number}/{what}"
    wrong = "A" * 8 if receipt.code != "A" * 8 else "B" * 8
    codes: list[object] = [wrong, None, 5, "", [], "\ud800"]
    for code in codes[:FREE_TRIES]:
        answer = page.post(path, {"code": code})
        assert answer.status == 404
        assert is_refusal(answer)
    while page.post(path, {"code": wrong}).status == 404:
        pass
    assert page.post(path, {"code": receipt.code}).status == 429
    assert {key for key in everything() if not key.startswith("tries#")} == before
