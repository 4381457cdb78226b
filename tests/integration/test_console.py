"""The console: who gets in, what each role sees, and a case worked through by forms alone."""

import re
from datetime import timedelta

import pytest

from app import app
from chalicelib.desk import assessing, handling
from chalicelib.domain.facts import month_of
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role, State
from chalicelib.entrypoints.console.visits import ROOMS, WINGS
from chalicelib.storage import cases
from chalicelib.web.messages import LANGUAGES, catalogue
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.visitor import Visitor

PEOPLE = {
    Role.CLERK: Staff("clerk", "何静", Role.CLERK, "petition-office"),
    Role.HANDLER: Staff("handler", "马超", Role.HANDLER, "urban-management"),
    Role.HEAD: Staff("head", "刘平", Role.HEAD, "urban-management"),
    Role.SUPERVISOR: Staff("supervisor", "严督", Role.SUPERVISOR, "petition-office"),
    Role.LEADER: Staff("leader", "高远", Role.LEADER, None, ("leader-mayor",)),
    Role.ADMINISTRATOR: Staff("admin", "方圆", Role.ADMINISTRATOR, "petition-office"),
    Role.LAY_SUPERVISOR: Staff("lay", "王建国", Role.LAY_SUPERVISOR, area="990102"),
}
OPEN = {"/console", "/console/session", "/console/session/end", "/console/assets/{name}"}
ASKED_OTHERWISE = ("/console/session/", "/console/oidc/")  # tests/integration/test_doors.py has them all


def visitor(role: Role) -> Visitor:
    return Visitor(PEOPLE[role]).sign_in()


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(city: object) -> None:
    known = Visitor(PEOPLE[Role.CLERK]).sign_in("not the password")
    wrong = (known.status, re.sub(r'value="\w*"', "", known.page))
    unknown = Visitor(PEOPLE[Role.CLERK]).post("/console/session", login="nobody", password="not the password")
    assert wrong == (400, re.sub(r'value="\w*"', "", unknown.page))
    assert "账号或密码不对" in unknown.page


def test_sign_in_is_slowed_after_five_wrong_tries_even_for_the_right_password(city: object) -> None:
    person = Visitor(PEOPLE[Role.CLERK])
    for _ in range(5):
        person.sign_in("not the password")
    assert person.sign_in().status == 429


def test_nobody_gets_in_without_signing_in(city: object) -> None:
    for path in ("/console/queue", "/console/cases/1", "/console/admin", "/console/assessment"):
        assert (stranger := Visitor(PEOPLE[Role.CLERK]).get(path)).status == 303
        assert stranger.location == "/console/session"


def test_a_session_ends_with_signing_out(city: object) -> None:
    clerk = visitor(Role.CLERK)
    assert clerk.get("/console/queue").status == 200
    clerk.send("/console/session/end")
    assert clerk.get("/console/queue").status == 303


def test_a_session_cookie_is_unread_by_scripts_and_sent_to_no_other_host(city: object) -> None:
    cookie = Visitor(PEOPLE[Role.CLERK]).sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("role", sorted(PEOPLE))
@pytest.mark.parametrize(("room", "roles"), ROOMS)
def test_each_role_enters_its_rooms_and_no_other(role: Role, room: str, roles: frozenset[Role], city: object) -> None:
    person = visitor(role).get(f"/console/{room}")
    assert person.status == (200 if role in roles else 403)
    named = re.findall(r'href="/console/(\w+)"', person.page.partition("</nav>")[0])
    own = {name for name, allowed in ROOMS if role in allowed}
    beside = {one for wing, rooms in WINGS for one in rooms if room in rooms} if role in roles else set()
    assert beside & own <= set(named) <= own
    assert all(own & set(named) & set(rooms) for _, rooms in WINGS if own & set(rooms))


def test_every_room_belongs_to_one_wing() -> None:
    assert sorted(room for _, rooms in WINGS for room in rooms) == sorted(room for room, _ in ROOMS)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path, methods in sorted(app.routes.items())
        for method in methods
        if path.startswith("/console") and path not in OPEN and not path.startswith(ASKED_OTHERWISE)
    ],
)
def test_every_route_of_the_console_asks_who_it_is(path: str, method: str, city: object) -> None:
    address = re.sub(r"\{\w+\}", "1", path)
    stranger = Visitor(PEOPLE[Role.CLERK])
    answer = stranger.get(address) if method == "GET" else stranger.post(address)
    assert (answer.status, answer.location) == (303, "/console/session")


def test_a_form_without_its_token_does_nothing(now: Desk) -> None:
    case = now.routed(**UNCLEAR)
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    fields = {**clerk.hidden(), "csrf": "forged"}
    assert clerk.post(f"/console/cases/{case.case_id}/acceptance", **fields).status == 403
    assert cases.load(case.case_id).state is State.REGISTERED


def test_a_case_goes_from_the_clerk_to_the_answer_by_forms_alone(now: Desk) -> None:
    case = now.routed(**UNCLEAR)
    place = f"/console/cases/{case.case_id}"
    clerk = visitor(Role.CLERK).get("/console/queue")
    assert UNCLEAR["title"] in clerk.page
    assert clerk.get(place).send(f"{place}/acceptance").status == 303
    assert clerk.get(place).send(f"{place}/dispatch", unit="urban-management", note="请尽快").status == 303
    handler = visitor(Role.HANDLER).get("/console/queue")
    assert UNCLEAR["title"] in handler.page
    assert handler.get(place).send(f"{place}/signature").status == 303
    reply = "已于今日上门核实并当场解决。联系人：马超，电话0999-5550000。"
    assert handler.get(place).send(f"{place}/draft", text=reply, outcome="solved").status == 303
    head = visitor(Role.HEAD).get(place)
    assert reply in head.page
    assert head.send(f"{place}/reply").status == 303
    assert cases.load(case.case_id).state is State.REPLIED


def test_whoever_chooses_nothing_is_asked_to_choose_and_what_was_typed_is_kept(desk: Desk) -> None:
    case = desk.signed()
    place = f"/console/cases/{case.case_id}"
    handler = Visitor(desk.handler(case)).sign_in()
    refused = handler.get(place).send(f"{place}/draft", text="路灯今天修好了。")
    assert (refused.status, "请选择一项。" in refused.page) == (400, True)
    assert "路灯今天修好了。" in refused.page
    odd = handler.get(place).send(f"{place}/draft", text="路灯今天修好了。", outcome="odd")
    assert "没有这个选项" in odd.page


@pytest.mark.parametrize("version", ["9" * 5_000, "²", "٣", "-1", ""])
def test_a_version_that_is_no_number_of_ours_is_one_that_somebody_else_has_changed(desk: Desk, version: str) -> None:
    case = desk.signed()
    place = f"/console/cases/{case.case_id}"
    handler = Visitor(desk.handler(case)).sign_in().get(place)
    refused = handler.send(f"{place}/draft", version=version, text="路灯今天修好了。", outcome="solved")
    assert refused.status == 409
    assert "路灯今天修好了。" in refused.page
    assert handler.get(f"{place}/attachments/{case.receipts[0]}/{version[:4_900] or 'x'}").status == 404


def test_what_a_role_may_not_do_is_not_on_its_page_and_is_refused_when_sent_all_the_same(now: Desk) -> None:
    case = now.routed(**UNCLEAR)
    place = f"/console/cases/{case.case_id}"
    handling.accept(case.case_id, case.version, PEOPLE[Role.CLERK], now.now)
    after = cases.load(case.case_id)
    handling.dispatch(case.case_id, after.version, PEOPLE[Role.CLERK], now.now, "urban-management")
    handler = visitor(Role.HANDLER).get(place)
    assert f"{place}/signature" in handler.page
    assert f"{place}/reply" not in handler.page
    assert f"{place}/dispatch" not in handler.page
    assert handler.send(f"{place}/reply").status == 403
    assert cases.load(case.case_id).state is State.DISPATCHED


def test_of_two_people_at_one_case_the_second_is_told_what_happened_and_keeps_what_she_typed(now: Desk) -> None:
    case = now.routed(**UNCLEAR)
    place = f"/console/cases/{case.case_id}"
    first, second = visitor(Role.CLERK).get(place), visitor(Role.CLERK).get(place)
    first.send(f"{place}/acceptance")
    second.send(f"{place}/refusal", ground="court", where_to="请到荻洲区人民法院立案庭咨询")
    assert second.status == 409
    assert "刚才有别人办理了" in second.page
    assert cases.load(case.case_id).state is State.ACCEPTED


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(now: Desk) -> None:
    case = now.routed(**UNCLEAR)
    place = f"/console/cases/{case.case_id}"
    clerk = visitor(Role.CLERK).get(place)
    clerk.send(f"{place}/acceptance")
    clerk.get(place).send(f"{place}/dispatch", unit="no-such-unit", note="请三日内上门")
    assert clerk.status == 400
    assert "请三日内上门" in clerk.page
    assert cases.load(case.case_id).state is State.ACCEPTED


def test_a_unit_sees_its_own_cases_only(now: Desk) -> None:
    case = now.dispatched(**UNCLEAR)
    other = Visitor(Staff("elsewhere", "李四", Role.HANDLER, "education")).sign_in()
    assert other.get(f"/console/cases/{case.case_id}").status == 404


def test_the_name_is_masked_until_somebody_looks_and_the_look_is_on_record(now: Desk) -> None:
    case = now.routed(**UNCLEAR, name="欧阳春华", phone="19900001234")
    place = f"/console/cases/{case.case_id}"
    clerk = visitor(Role.CLERK).get(place)
    assert "欧阳春华" not in clerk.page
    assert "欧某某" in clerk.page
    clerk.send(f"{place}/petitioner/{case.voices[0].receipt}")
    assert "欧阳春华" in clerk.page
    assert "19900001234" in clerk.page
    assert cases.record_of(case.case_id)[-1].kind == "PetitionerSeen"


def test_a_name_kept_from_the_unit_is_not_shown_to_it(now: Desk) -> None:
    case = now.dispatched(**UNCLEAR, name="欧阳春华", keep_name_from_unit=True)
    handler = Visitor(Staff("own", "马超", Role.HANDLER, case.unit)).sign_in()
    handler.get(f"/console/cases/{case.case_id}")
    assert handler.status == 200
    assert "欧某某" not in handler.page
    assert handler.send(f"/console/cases/{case.case_id}/petitioner/{case.voices[0].receipt}").status == 403


def test_a_clerk_sees_that_an_accusation_came_but_not_what_it_says(now: Desk) -> None:
    case = now.routed(
        mailbox="discipline",
        kind="accusation",
        title="举报某站长收受红包",
        text="每次验收都要给站长红包，否则不予通过。",
    )
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    assert clerk.status == 200
    assert "红包" not in clerk.page
    assert "密封" in clerk.page
    keeper = Visitor(Staff("keeper", "清一", Role.HANDLER, case.unit)).sign_in()
    assert "红包" in keeper.get(f"/console/cases/{case.case_id}").page


def test_script_in_a_letter_is_text_on_the_page(now: Desk) -> None:
    case = now.routed(title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)> 㐂𠮷😀")
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "㐂𠮷😀" in page


def test_the_leader_sees_his_own_mailbox_and_no_other(now: Desk) -> None:
    own = now.routed(**{**UNCLEAR, "title": "写给市长的信"}, mailbox="leader-mayor")
    other = now.routed(**UNCLEAR)
    leader = visitor(Role.LEADER).get("/console/queue")
    assert "写给市长的信" in leader.page
    assert UNCLEAR["title"] not in leader.page
    assert leader.get(f"/console/cases/{own.case_id}").status == 200
    assert leader.get(f"/console/cases/{other.case_id}").status == 404


def test_the_table_of_a_month_is_a_page_and_a_spreadsheet(now: Desk) -> None:
    case = now.replied()
    assessing.assess(month_of(now.now), now.now + timedelta(days=31))
    clerk = visitor(Role.CLERK).get("/console/assessment")
    unit = now.city.unit(case.unit)
    assert unit is not None
    assert unit.name.zh in clerk.page
    clerk.get(f"/console/assessment/{month_of(now.now):%Y-%m}.csv")
    assert clerk.status == 200
    assert clerk.page.startswith("\ufeff")
    assert unit.name.zh in clerk.page


def test_an_administrator_opens_and_closes_accounts(now: Desk) -> None:
    admin = visitor(Role.ADMINISTRATOR).get("/console/admin")
    admin.send("/console/admin/accounts", login="new", name="新人", role="handler", unit="education", password="short")
    assert admin.status == 400
    assert "至少10个字符" in admin.page
    admin.get("/console/admin").send(
        "/console/admin/accounts", login="new", name="新人", role="handler", unit="education", password="long enough 1"
    )
    newcomer = Visitor(Staff("new", "新人", Role.HANDLER, "education"))
    newcomer.post("/console/session", login="new", password="long enough 1")
    newcomer.cookie = newcomer.headers["Set-Cookie"].partition(";")[0]
    assert newcomer.get("/console/queue").status == 303, "a password that another gave holds for nothing but a new one"
    newcomer.get("/console/session/password").send(
        "/console/session/password", new="my own four words", again="my own four words"
    )
    newcomer.cookie = newcomer.headers["Set-Cookie"].partition(";")[0]
    assert newcomer.get("/console/queue").status == 200
    admin.get("/console/admin").send("/console/admin/accounts/new/closure")
    assert newcomer.get("/console/queue").status == 303


def test_both_languages_say_everything() -> None:
    first, *others = (set(catalogue(language)) for language in LANGUAGES)
    assert all(first == other for other in others)


def test_the_console_speaks_english_to_who_asks_for_it(now: Desk) -> None:
    now.routed(**UNCLEAR)
    page = visitor(Role.CLERK).get("/console/queue?lang=en").page
    assert "To be routed" in page
    assert "待分办" not in page
