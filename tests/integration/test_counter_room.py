"""The counter's room: a form that loses nothing, a slip shown once, scans that are what they say, whom to tell."""

import re

import pytest
import segno

from chalicelib.config import config
from chalicelib.desk import by_hand
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_folder, load_submission
from tests.integration.counter import ADDRESS, LANDLINE, letter, registered, typed
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.visitor import Visitor, request
from tests.integration.watching import objects
from tests.unit.test_uploads import FORBIDDEN, SAMPLES

PLACE = "/console/counter"
PNG = dict(SAMPLES)["image/png"]
CLERK = Staff("clerk", "何静", Role.CLERK, "petition-office")


def clerk() -> Visitor:
    return Visitor(CLERK).sign_in().get(PLACE)


def fields(**changes: str) -> dict[str, str]:
    """What is typed into the form of the page: its key is its own."""
    raw = typed(**changes)
    del raw["key"]
    return raw


def with_scan(
    person: Visitor, content: bytes, content_type: str = "image/png", name: str = "信.png", **more: str
) -> None:
    """Send the form of the page just opened with a file, as a browser does."""
    parts = {**person.hidden(), **fields(channel="letter", phone="", address=ADDRESS), **more}
    raw = b"".join(
        f'--b0\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in parts.items()
    )
    raw += f'--b0\r\nContent-Disposition: form-data; name="scan"; filename="{name}"\r\n'.encode()
    raw += f"Content-Type: {content_type}\r\n\r\n".encode() + content + b"\r\n--b0--\r\n"
    headers = {"Cookie": person.cookie, "Accept-Language": "zh", "Content-Type": "multipart/form-data; boundary=b0"}
    answer = request("POST", PLACE, raw, headers)
    person.status, person.page = answer.status_code, answer.body.decode()


def slip_of(page: str) -> tuple[str, str]:
    """Number and code on a slip."""
    number, code = (re.search(rf"<dd[^>]*data-{what}>([^<]*)<", page) for what in ("receipt", "code"))
    assert number
    assert code
    return number[1].replace(" ", ""), code[1].replace(" ", "")


def test_nobody_else_s_form_is_taken(now: Desk) -> None:
    handler = Visitor(Staff("handler", "马超", Role.HANDLER, "urban-management")).sign_in()
    for path in (PLACE, f"{PLACE}/earlier", "/console/answers/1/person", "/console/answers/1/told"):
        assert handler.post(path, phone="18800001234").status == 403
        assert "18800001234" not in handler.page


def test_the_discipline_line_enters_the_list_of_whom_to_tell_and_no_counter(now: Desk) -> None:
    handler = Visitor(Staff("jijian", "清一", Role.HANDLER, "discipline")).sign_in()
    assert handler.get("/console/answers").status == 200
    assert handler.get(PLACE).status == 403


def test_a_call_is_registered_and_its_slip_shows_number_code_and_days(now: Desk) -> None:
    person = clerk()
    form = {**person.hidden(), **fields()}
    assert person.post(PLACE, **form).status == 200
    first = slip_of(person.page)
    assert "不晚于" in person.page
    assert "0999-5550100" in person.page
    assert slip_of(person.post(PLACE, **form).page) == first, "a double click is the same slip"
    assert first[1] not in person.get(f"/console/cases/{load_submission(first[0]).case_id}").page


def test_the_picture_on_the_slip_has_the_number_and_never_the_code(now: Desk) -> None:
    person = clerk()
    person.send(PLACE, **fields(language="en"))
    number, code = slip_of(person.page)
    address = f"{config().public_origin}/en/track.html#{number}"
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    assert drawn in person.page
    assert "What happens next" in person.page
    assert code not in re.sub(r"<dd[^>]*>[^<]*</dd>", "", person.page).replace(" ", "")


def test_a_refused_form_comes_back_as_it_was_filled_in(now: Desk) -> None:
    person = clerk()
    key = person.hidden()["key"]
    person.send(PLACE, **fields(title="", text="话说到一半<b>", anonymous="yes", channel="visit", area="990102"))
    assert person.status == 400
    assert 'name="title" maxlength="100" value="" aria-invalid="true"' in person.page
    for kept in ("话说到一半&lt;b&gt;", 'value="visit" accesskey="v" checked', 'value="990102" selected'):
        assert kept in person.page
    assert person.hidden()["key"] == key, "sent again it is the same form"


def test_without_a_script_a_button_looks_for_the_caller_and_nothing_typed_is_lost(now: Desk) -> None:
    case = now.routed(phone="18800001234")
    person = clerk()
    person.send(PLACE, do="search", phone="+86 188-0000-1234", title="正说着")
    assert person.status == 200
    assert case.title in person.page
    assert 'value="正说着"' in person.page
    person.send(PLACE, do=f"add:{case.voices[0].receipt}", **fields(text="又堵上了。"))
    assert (person.status, person.location) == (303, f"{PLACE}?added={case.case_id}")
    assert "热线来电" in person.get(f"/console/cases/{case.case_id}").page
    assert "何静代录" in person.page


def test_the_script_gets_the_matters_alone_and_runs_under_its_own_policy(now: Desk) -> None:
    case = now.routed(phone="18800001234", title="<script>alert(1)</script>")
    person = clerk()
    assert "script-src 'self'; connect-src 'self'" in person.headers["Content-Security-Policy"]
    person.post(f"{PLACE}/earlier", csrf=person.hidden()["csrf"], phone="18800001234")
    assert "<html" not in person.page
    assert "<script" not in person.page
    assert f"/console/cases/{case.case_id}" in person.page
    assert "script-src" not in person.get("/console/queue").headers["Content-Security-Policy"]
    assert person.get("/console/assets/counter.js").headers["Content-Type"].startswith("text/javascript")


# Scans.


@pytest.mark.usefixtures("empty_bucket")
def test_a_scan_waits_is_checked_and_hangs_on_the_letter(now: Desk) -> None:
    person = clerk()
    with_scan(person, PNG)
    number, _ = slip_of(person.page)
    [file] = load_submission(number).attachments
    assert (file.name, file.size, file.object_key in objects()) == ("信.png", len(PNG), True)
    now.route_all()
    [found] = load_folder(number).checked
    assert found.verdict == "clean"


@pytest.mark.usefixtures("empty_bucket")
def test_what_is_no_scan_is_refused_at_once_and_kept_nowhere(now: Desk) -> None:
    person = clerk()
    for what, content in FORBIDDEN.items():
        with_scan(person.get(PLACE), content)
        assert person.status == 400, what
        assert "文件不能是空的" in person.page if what == "nothing" else "不收这种文件" in person.page
    assert not objects()


@pytest.mark.usefixtures("empty_bucket")
def test_a_scan_that_arrived_with_a_refused_form_need_not_be_chosen_again(now: Desk) -> None:
    person = clerk()
    with_scan(person, PNG, title="")
    assert person.status == 400
    assert "扫描件已收到" in person.page
    person.send(PLACE, **fields(channel="letter"))
    assert [file.name for file in load_submission(slip_of(person.page)[0]).attachments] == ["信.png"]


@pytest.mark.usefixtures("empty_bucket")
def test_a_file_of_another_type_or_too_large_is_named(now: Desk) -> None:
    person = clerk()
    with_scan(person, PNG, "text/html")
    assert (person.status, "不收这种文件" in person.page) == (400, True)
    with_scan(person.get(PLACE), PNG + bytes(4 * 2**20))
    assert (person.status, "4 MB" in person.page) == (400, True)


def test_forged_tickets_are_refused(now: Desk) -> None:
    person = clerk()
    assert person.send(PLACE, **fields(tickets="00.forged 密")).status == 400


# Whom to tell.


def test_a_clerk_tells_from_the_list_by_forms_alone(now: Desk) -> None:
    slip = registered(now, typed(phone=LANDLINE, name="温素琴"))
    tell(now)
    number = slip.receipt.number
    person = Visitor(CLERK).sign_in().get("/console/answers")
    assert "温某某" in person.page
    assert LANDLINE not in person.page
    assert "待告知 1 人" in person.get(PLACE).page
    person.get(f"/console/answers/{number}").send(f"/console/answers/{number}/person")
    assert LANDLINE in person.page
    assert person.send(f"/console/answers/{number}/told", way="call", on="", number="").status == 303
    assert "现在没有要" in person.get("/console/answers").page
    record = cases.record_of(load_submission(number).case_id)
    assert [event.by.name for event in record if event.kind == "PetitionerSeen"] == ["何静"]
    assert person.get(f"/console/answers/{number}").status == 404


def test_the_second_of_two_clerks_is_shown_the_list_and_a_word(now: Desk) -> None:
    slip = registered(now, typed(phone=LANDLINE))
    tell(now)
    place = f"/console/answers/{slip.receipt.number}"
    first, second = (Visitor(CLERK).sign_in().get(place) for _ in range(2))
    first.send(f"{place}/told", way="call", on="", number="")
    second.send(f"{place}/told", way="not_reached", on="", number="")
    assert second.status == 409
    assert "刚才已由别人告知" in second.page


def test_the_letter_names_its_writer_tells_the_reply_in_full_and_how_to_go_on(now: Desk) -> None:
    slip = registered(now, letter(name="祝长根"))
    case = now.answered(cases.load(load_submission(slip.receipt.number).case_id))
    tell(now)
    place = f"/console/answers/{slip.receipt.number}"
    person = Visitor(CLERK).sign_in().get(place).send(f"{place}/letter")
    for words in (ADDRESS, "祝长根", "您好，已经处理好了。", "提出复查", "0999-5550100"):
        assert words in person.page
    assert cases.record_of(case.case_id)[-1].kind == "PetitionerSeen"
    assert slip.receipt.code not in person.page
    assert by_hand.number_waiting(CLERK) == 1, "printed is not posted"
