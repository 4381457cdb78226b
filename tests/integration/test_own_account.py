"""我的账号, and other people's: passwords, sessions, locked doors, as the owner and the administrator see them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import hashing, keeping_accounts, known_devices, own_account, signing_in
from chalicelib.desk.signing_in import GIVEN_FOR, Seat
from chalicelib.domain.devices import UNKNOWN, Device
from chalicelib.domain.errors import Invalid, NotFound, SlowDown
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import Stage
from chalicelib.domain.words import Role
from chalicelib.storage import sessions, throttle
from chalicelib.storage.accounts import Account, What
from chalicelib.storage.throttle import FREE_TRIES, FREE_TRIES_FROM_AN_ADDRESS
from tests.integration.desk import Desk
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import everything

ADMIN = Staff("fangyuan", "方圆", Role.ADMINISTRATOR, "petition-office")
CLERK = Staff("zhaomin", "赵敏", Role.CLERK, "petition-office")
HANDLER = Staff("sunli", "孙立", Role.HANDLER, "urban-management")
NEW = "四个 不相干 的 词语"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
PHONE = Device("wechat", "android", "203.0.*.*")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with a clerk's account."""
    signing_in.open_account(CLERK, PASSWORD)
    return desk


def account(login: str = CLERK.login) -> Account:
    return own_account.account_of(login)


def signed_in(desk: Desk, password: str = PASSWORD, known: str = "", device: Device = UNKNOWN, before: str = "") -> str:
    return signing_in.sign_in(CLERK.login, password, OFFICE, desk.now, device, known, before)


def seat(desk: Desk, token: str) -> Seat | None:
    return signing_in.seat_of(token, desk.now)


def seated(desk: Desk, token: str) -> Seat:
    found = seat(desk, token)
    assert found is not None
    return found


def guessed(desk: Desk, known: str = "", address: str = ELSEWHERE, login: str = CLERK.login) -> None:
    with pytest.raises(Invalid):
        signing_in.sign_in(login, "a wrong guess", address, desk.now, known=known)


def tried(desk: Desk, times: int, known: str = "", address: str = ELSEWHERE, login: str = CLERK.login) -> None:
    """Wrong tries, without the price of checking a password each time."""
    name = known_devices.name_of(known, login, desk.now)
    for _ in range(times):
        found = account() if login == CLERK.login else None
        signing_in.wrong_try(login, signing_in.door_scopes(login, found, address, name), desk.now)


# Sessions.


def test_the_token_that_the_browser_brought_is_ended_when_somebody_signs_in(office: Desk) -> None:
    before = signed_in(office)
    after = signed_in(office, before=before)
    assert seat(office, before) is None
    assert seat(office, after) is not None


def test_one_sees_where_one_is_signed_in_and_ends_another_place(office: Desk) -> None:
    here, phone = signed_in(office), signed_in(office, device=PHONE)
    own = seated(office, here)
    listed = own_account.sign_ins_of(account(), office.now, own.token_hash)
    assert sorted((one.here, one.session.device.browser) for one in listed) == [(False, "wechat"), (True, "other")]
    own_account.end_sign_ins(own, next(one.id for one in listed if not one.here))
    assert seat(office, phone) is None
    assert seat(office, here) is not None


def test_all_other_places_are_ended_at_once_and_this_one_is_not(office: Desk) -> None:
    others, here = [signed_in(office) for _ in range(3)], signed_in(office)
    own_account.end_sign_ins(seated(office, here), "")
    assert [seat(office, one) for one in others] == [None] * 3
    assert len(own_account.sign_ins_of(account(), office.now)) == 1


def test_nobody_ends_another_person_s_session(office: Desk) -> None:
    signing_in.open_account(HANDLER, PASSWORD)
    own = seated(office, signed_in(office))
    other = signing_in.sign_in(HANDLER.login, PASSWORD, OFFICE, office.now)
    for which in (signing_in.hash_of(other), "nonsense", own.token_hash):
        with pytest.raises(NotFound):
            own_account.end_sign_ins(own, which)
    assert seat(office, other) is not None


def test_a_session_that_was_ended_in_this_moment_is_not_brought_back_by_being_used(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in(office)
    office.now += signing_in.SEEN_EVERY
    honest = sessions.touch

    def overtaken(token_hash: str, session: sessions.Session) -> bool:
        sessions.end(token_hash, session.login)
        return honest(token_hash, session)

    monkeypatch.setattr(sessions, "touch", overtaken)
    assert seat(office, token) is None
    monkeypatch.undo()
    assert seat(office, token) is None


@pytest.mark.parametrize(
    "moved",
    [
        replace(CLERK, role=Role.SUPERVISOR),
        replace(CLERK, unit="education"),
        replace(CLERK, role=Role.LEADER, mailboxes=("leader-mayor",)),
        replace(CLERK, role=Role.LAY_SUPERVISOR, unit=None, area="990102"),
    ],
)
def test_who_is_moved_to_another_role_or_unit_signs_in_anew_with_the_same_password(office: Desk, moved: Staff) -> None:
    token = signed_in(office)
    assert keeping_accounts.set_account(moved, "", ADMIN, office.now) == ""
    assert seat(office, token) is None
    assert seated(office, signed_in(office)).staff.role is moved.role


def test_another_name_ends_no_session(office: Desk) -> None:
    token = signed_in(office)
    keeping_accounts.set_account(replace(CLERK, name="赵敏敏"), "", ADMIN, office.now)
    assert seated(office, token).staff.name == "赵敏敏"


def test_an_administrator_ends_somebody_s_sessions(office: Desk) -> None:
    tokens = [signed_in(office), signed_in(office)]
    keeping_accounts.end_sessions(CLERK.login, ADMIN, office.now)
    assert [seat(office, one) for one in tokens] == [None, None]
    assert account().news[0].what is What.ENDED


# Passwords.


def change(desk: Desk, token: str, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    typed = {"password": old, "new": new, "again": again}
    return own_account.change_password(account(), typed, desk.now, UNKNOWN, token, proven=False)


def test_a_new_password_ends_every_session_and_begins_one_here(office: Desk) -> None:
    here, there = signed_in(office), signed_in(office)
    token = change(office, here)
    assert (seat(office, here), seat(office, there)) == (None, None)
    assert seat(office, token) is not None
    with pytest.raises(Invalid):
        signed_in(office)
    assert signed_in(office, NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not mine at all", NEW, NEW, "password"),
        (PASSWORD, NEW, NEW + "x", "again"),
        (PASSWORD, PASSWORD, PASSWORD, "new"),
        (PASSWORD, "woaini1314", "woaini1314", "new"),
        (PASSWORD, "short", "short", "new"),
        (PASSWORD, "zhaomin2026", "zhaomin2026", "new"),
    ],
)
def test_a_password_is_changed_by_whoever_knows_the_old_one_to_one_that_can_be_taken(
    office: Desk, old: str, new: str, again: str, field: str
) -> None:
    token, before = signed_in(office), account().password_hash
    with pytest.raises(Invalid) as refused:
        change(office, token, old, new, again)
    assert [one.field for one in refused.value.errors] == [field]
    assert account().password_hash == before
    assert seat(office, token) is not None


def test_an_open_page_is_no_place_to_guess_the_old_password_either(office: Desk) -> None:
    token = signed_in(office)
    for _ in range(FREE_TRIES):
        with pytest.raises(Invalid):
            change(office, token, "a wrong guess")
    with pytest.raises(SlowDown):
        change(office, token)


def test_a_password_typed_in_full_width_is_the_same_password(office: Desk) -> None:
    signing_in.open_account(CLERK, "Abcd-7531-xyz")
    assert signed_in(office, "Ａｂｃｄ－７５３１－ｘｙｚ")


def test_an_old_hash_is_made_anew_at_the_next_sign_in_and_ends_no_session(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    signing_in.keep(CLERK, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    elsewhere = signed_in(office)
    assert not hashing.is_old(account().password_hash)
    assert "m=19,t=2,p=1" in account().password_hash  # a thousandth of 19456: tests.light_hashing
    signed_in(office)
    assert seat(office, elsewhere) is not None


def test_a_password_that_an_administrator_gave_lets_in_to_nothing_but_a_new_one(office: Desk) -> None:
    given = keeping_accounts.give_password(CLERK.login, ADMIN, office.now)
    token = signed_in(office, given)
    assert seat(office, token) is None
    found = signing_in.halfway(token, office.now)
    assert found is not None
    assert found.session.stage is Stage.PASSWORD
    typed = {"new": NEW, "again": NEW}
    inside = own_account.change_password(found.account, typed, office.now, UNKNOWN, token, proven=False)
    assert seat(office, inside) is not None
    assert [one.what for one in account().news] == [What.PASSWORD, What.PASSWORD_GIVEN]
    with pytest.raises(Invalid):
        signed_in(office, given)


def test_a_given_password_cannot_be_kept_and_holds_for_a_week(office: Desk) -> None:
    given = keeping_accounts.give_password(CLERK.login, ADMIN, office.now)
    token = signed_in(office, given)
    with pytest.raises(Invalid):
        own_account.change_password(account(), {"new": given, "again": given}, office.now, UNKNOWN, token, proven=False)
    office.now += GIVEN_FOR
    with pytest.raises(Invalid):
        signed_in(office, given)


# Wrong tries.


def test_whoever_comes_in_is_told_how_often_others_tried_and_when_she_was_here_last(office: Desk) -> None:
    signed_in(office)
    before = office.now
    office.now += timedelta(days=1)
    for _ in range(3):
        guessed(office)
    assert (found := seated(office, signed_in(office)).session).wrong == 3
    assert found.before == before
    assert seated(office, signed_in(office)).session.wrong == 0


def test_a_wrong_try_at_a_login_that_there_is_not_leaves_the_same_trace(office: Desk) -> None:
    before = set(everything())
    guessed(office, address="198.51.100.8")
    known = {key.replace(CLERK.login, "LOGIN") for key in set(everything()) - before}
    before = set(everything())
    guessed(office, address="198.51.100.9", login="nobody")
    unknown = {key.replace("nobody", "LOGIN").replace(".100.9", ".100.8") for key in set(everything()) - before}
    assert unknown == known


def test_a_rival_who_guesses_for_ever_does_not_shut_the_owner_out_of_her_own_computer(office: Desk) -> None:
    note = known_devices.note_for(CLERK.login, office.now)
    tried(office, FREE_TRIES)
    with pytest.raises(SlowDown):
        signed_in(office)
    assert signed_in(office, known=note)


def test_a_whole_network_of_guessers_does_not_either(office: Desk) -> None:
    note = known_devices.note_for(CLERK.login, office.now)
    for number in range(FREE_TRIES_FROM_AN_ADDRESS):
        tried(office, 1, address=OFFICE, login=f"guess{number}")
    with pytest.raises(SlowDown):
        signed_in(office)
    assert signed_in(office, known=note)


def test_a_known_device_is_slowed_by_its_own_wrong_tries(office: Desk) -> None:
    note = known_devices.note_for(CLERK.login, office.now)
    tried(office, FREE_TRIES, note)
    with pytest.raises(SlowDown):
        signed_in(office, known=note)
    assert signed_in(office)


def test_a_note_is_worth_nothing_at_another_account_altered_or_after_half_a_year(office: Desk) -> None:
    note = known_devices.note_for(CLERK.login, office.now)
    assert known_devices.name_of(note, CLERK.login, office.now)
    assert not known_devices.name_of(note, HANDLER.login, office.now)
    since, name, signature = note.split(".")
    forged = (f"{int(since) + 1}.{name}.{signature}", f"{since}.x.{signature}", f"{since}.{name}.", "", ".", "会.会.会")
    assert [known_devices.name_of(one, CLERK.login, office.now) for one in forged] == [""] * 6
    assert not known_devices.name_of(note, CLERK.login, office.now + known_devices.KEPT)


def test_an_administrator_sees_who_has_to_wait_and_frees_them_on_every_device(office: Desk) -> None:
    note = known_devices.note_for(CLERK.login, office.now)
    for known in ("", note):
        tried(office, FREE_TRIES, known)
    assert keeping_accounts.standings([account()], office.now)[0].paused > 0
    keeping_accounts.free(CLERK.login, ADMIN, office.now)
    assert keeping_accounts.standings([account()], office.now)[0].paused == 0
    assert signed_in(office)
    assert signed_in(office, known=note)


def test_a_hundred_accounts_are_looked_at_in_a_few_reads(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [replace(account(), staff=replace(CLERK, login=f"clerk{number}")) for number in range(100)]
    asked: list[object] = []
    monkeypatch.setattr(throttle, "locked_for", lambda scopes, at: asked.append(scopes))
    assert len(keeping_accounts.standings(many, office.now)) == 100
    assert asked == [], "only those at which something failed are asked for one by one"


# The pages.


def test_a_form_on_another_site_signs_nobody_in(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.integration.visitor import request

    form = f"login={CLERK.login}&password={PASSWORD.replace(' ', '+')}".encode()
    for origin, status in (
        ("https://evil.example", 409),
        ("null", 409),
        ("http://127.0.0.1:8000.evil.example", 409),
        (config().public_origin, 303),
        ("http://localhost:8000", 303),
    ):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        answer = request("POST", "/console/session", form, headers)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, status == 303), origin
    assert request("GET", "/console/session").headers["Referrer-Policy"] == "same-origin", "or browsers say null"


def test_nobody_is_signed_out_by_another_site_s_form(office: Desk) -> None:
    clerk = Visitor(CLERK).sign_in()
    assert clerk.post("/console/session/end", csrf="forged").status == 403
    assert "Set-Cookie" not in clerk.headers
    assert clerk.get("/console/queue").status == 200


def test_the_pages_of_an_account_work_by_forms_alone(office: Desk) -> None:
    clerk = Visitor(CLERK).sign_in()
    Visitor(CLERK).sign_in()
    page = clerk.get("/console/account").page
    assert "就是这里" in page
    assert "让其他地方全部退出" in page
    clerk.send("/console/account/sign-ins/end", which="")
    assert "让其他地方全部退出" not in clerk.get("/console/account").page
    assert clerk.send("/console/account/password", password="no", new=NEW, again=NEW).status == 400
    assert "现在的密码不对" in clerk.page
    assert (
        clerk.get("/console/account").send("/console/account/password", password=PASSWORD, new=NEW, again=NEW).status
        == 303
    )
    assert clerk.headers["Set-Cookie"].partition(";")[0] != clerk.cookie
    assert clerk.get("/console/account").status == 303, "the token of before is worth nothing"


def test_a_device_is_known_once_it_got_in_and_keeps_the_note_it_has(office: Desk) -> None:
    clerk = Visitor(CLERK).sign_in().get("/console")
    assert clerk.headers["Set-Cookie"].startswith("sunlight_device=")
    clerk.cookie += "; " + clerk.headers["Set-Cookie"].partition(";")[0]
    assert "Set-Cookie" not in clerk.get("/console").headers


def test_the_administrator_s_page_of_an_account_shows_a_made_password_once(office: Desk) -> None:
    admin = Visitor(ADMIN).sign_in()
    place = f"/console/admin/accounts/{CLERK.login}"
    given = admin.get(place).send(f"{place}/password").page.partition('<code class="big">')[2].partition("<")[0]
    assert signed_in(office, given)
    assert given not in admin.get(place).page
    assert admin.get("/console/admin/accounts/nobody").status == 404
    assert admin.get(place).send(f"{place}/freeing").location == f"{place}?done=freed"
    own = f"/console/admin/accounts/{ADMIN.login}"
    assert admin.get(own).send(f"{own}/second/removal").status == 409
    made = admin.get("/console/admin").send(
        "/console/admin/accounts", login="new.one", name="新人", role="clerk", password=""
    )
    assert "新人的一次性密码" in made.page
