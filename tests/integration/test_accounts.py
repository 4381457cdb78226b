"""Who may work at the desk: signing in, what slows a guesser, and when a session is over."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import administering, hashing, signing_in
from chalicelib.desk.signing_in import IDLE, LONGEST, SEEN_EVERY, Seat
from chalicelib.domain.errors import Invalid, NotFound, SlowDown
from chalicelib.domain.passwords import LONGEST as LONGEST_PASSWORD
from chalicelib.domain.passwords import SHORTEST as SHORTEST_PASSWORD
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage.throttle import FIRST_PAUSE, FREE_TRIES, FREE_TRIES_FROM_AN_ADDRESS, LONGEST_PAUSE, WINDOW
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, in_plain

CLERK = Staff("zhaomin", "赵敏", Role.CLERK, "petition-office")
HANDLER = Staff("sunli", "孙立", Role.HANDLER, "urban-management")
PASSWORD = "一句不短的口令 2026"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
SECOND = timedelta(seconds=1)


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with a clerk's account."""
    signing_in.open_account(CLERK, PASSWORD)
    return desk


def signed_in(desk: Desk, login: str = CLERK.login, password: str = PASSWORD, address: str = OFFICE) -> str:
    """The token of a new session."""
    return signing_in.sign_in(login, password, address, desk.now)


def guessed(desk: Desk, login: str = CLERK.login, address: str = OFFICE) -> None:
    """A wrong password is tried."""
    with pytest.raises(Invalid):
        signed_in(desk, login, "a wrong guess", address)


def pause(desk: Desk, login: str = CLERK.login, address: str = OFFICE) -> int:
    """How many seconds even the right password has to wait."""
    with pytest.raises(SlowDown) as slowed:
        signed_in(desk, login, address=address)
    return slowed.value.seconds


def seat(desk: Desk, token: str) -> Seat | None:
    """Who holds the token now."""
    return signing_in.seat_of(token, desk.now)


# Signing in.


def test_whoever_signs_in_sits_there_with_her_own_role_and_unit(office: Desk) -> None:
    found = seat(office, signed_in(office))
    assert found is not None
    assert found.staff == replace(CLERK, supervises=1)  # the petition office's own level


def test_neither_a_password_nor_a_token_can_be_read_in_the_table(office: Desk) -> None:
    token = signed_in(office)
    assert token not in in_plain()
    assert PASSWORD not in in_plain()
    assert len(token) >= 43, "256 bits"


@pytest.mark.parametrize("token", ["", "x", "会", "\udcff", "x" * 9000])
def test_no_made_up_token_is_a_seat(office: Desk, token: str) -> None:
    signed_in(office)
    assert seat(office, token) is None


def test_an_unknown_account_a_wrong_password_and_a_stopped_account_are_not_told_apart(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing_in.open_account(HANDLER, PASSWORD)
    signing_in.close_account(HANDLER.login)
    honest, checked = hashing.fits, []

    def fits(password_hash: str, password: str) -> bool:
        checked.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return honest(password_hash, password)

    monkeypatch.setattr(hashing, "fits", fits)
    answers = []
    for login, password in ((CLERK.login, "a wrong guess"), ("nobody", PASSWORD), (HANDLER.login, PASSWORD), ("", "")):
        with pytest.raises(Invalid) as refused:
            signed_in(office, login, password, address=login)
        answers.append(refused.value.errors)
    assert answers == [answers[0]] * 4
    assert len(checked) == 4, "each costs one check of a password"
    assert len(set(checked)) == 1, "of the same effort"


# Guessing.


def test_after_five_wrong_tries_each_further_one_doubles_the_pause_even_for_the_right_password(office: Desk) -> None:
    for _ in range(FREE_TRIES):
        guessed(office)
    for tries in range(4):
        assert pause(office) == FIRST_PAUSE * 2**tries
        office.now += timedelta(seconds=FIRST_PAUSE * 2**tries) - SECOND
        assert pause(office) == 1
        office.now += SECOND
        guessed(office)
    office.now += timedelta(seconds=FIRST_PAUSE * 2**4)
    assert seat(office, signed_in(office)) is not None


def test_a_pause_is_never_longer_than_an_hour_and_after_an_hour_all_is_forgotten(office: Desk) -> None:
    for _ in range(FREE_TRIES):
        guessed(office)
    while (seconds := pause(office)) < LONGEST_PAUSE:
        office.now += timedelta(seconds=seconds)
        guessed(office)
    assert seconds == LONGEST_PAUSE
    office.now += WINDOW
    for _ in range(FREE_TRIES - 1):
        guessed(office)
    assert seat(office, signed_in(office)) is not None


def test_a_guesser_who_changes_the_address_is_slowed_at_the_account_and_nobody_else_is(office: Desk) -> None:
    signing_in.open_account(HANDLER, PASSWORD)
    for number in range(FREE_TRIES):
        guessed(office, address=f"203.0.113.{number}")
    assert pause(office, address=ELSEWHERE) == FIRST_PAUSE
    assert signed_in(office, HANDLER.login)


def test_a_guesser_who_changes_the_account_is_slowed_at_the_address_and_nobody_elsewhere_is(office: Desk) -> None:
    for number in range(FREE_TRIES_FROM_AN_ADDRESS):
        guessed(office, login=f"guess{number}", address=ELSEWHERE)
    assert pause(office, address=ELSEWHERE) == FIRST_PAUSE
    assert signed_in(office, address=OFFICE)


def test_an_office_behind_one_address_is_not_locked_out_by_one_of_its_people(office: Desk) -> None:
    signing_in.open_account(HANDLER, PASSWORD)
    for _ in range(FREE_TRIES):
        guessed(office)
    assert pause(office) == FIRST_PAUSE
    assert signed_in(office, HANDLER.login)


def test_an_unknown_account_is_slowed_like_a_known_one(office: Desk) -> None:
    for _ in range(FREE_TRIES):
        guessed(office, login="nobody")
    assert pause(office, "nobody", ELSEWHERE) == FIRST_PAUSE


# The end of a session.


def test_a_session_that_is_not_used_ends_after_three_quarters_of_an_hour(office: Desk) -> None:
    token = signed_in(office)
    office.now += IDLE - SECOND
    assert seat(office, token) is not None
    office.now += IDLE - SECOND
    assert seat(office, token) is not None, "it was used in the meantime"
    office.now += IDLE
    assert seat(office, token) is None


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(office: Desk) -> None:
    token, end = signed_in(office), office.now + LONGEST
    while office.now < end:
        assert seat(office, token) is not None
        office.now += IDLE / 3
    office.now = end - SECOND
    assert seat(office, token) is not None
    office.now = end
    assert seat(office, token) is None


def test_a_page_read_again_within_minutes_writes_nothing(office: Desk) -> None:
    token = signed_in(office)
    seat(office, token)
    before = everything()
    office.now += SEEN_EVERY - SECOND
    seat(office, token)
    assert everything() == before
    office.now += SECOND
    seat(office, token)
    assert everything() != before


def test_signing_out_ends_this_session_and_no_other(office: Desk) -> None:
    here, there = signed_in(office), signed_in(office, address=ELSEWHERE)
    signing_in.sign_out(here)
    assert seat(office, here) is None
    assert seat(office, there) is not None
    signing_in.sign_out(here)
    signing_in.sign_out("")


def test_a_stopped_account_loses_its_session_and_does_not_get_it_back_when_it_is_reopened(office: Desk) -> None:
    token = signed_in(office)
    signing_in.close_account(CLERK.login)
    assert [(one.staff, one.enabled) for one in administering.all_accounts()] == [(CLERK, False)]
    assert seat(office, token) is None
    signing_in.reopen_account(CLERK.login)
    assert seat(office, token) is None
    assert seat(office, signed_in(office)) is not None


def test_an_account_that_does_not_exist_cannot_be_stopped_and_none_comes_of_it(office: Desk) -> None:
    with pytest.raises(NotFound):
        signing_in.close_account("nobody")
    assert [one.staff for one in administering.all_accounts()] == [CLERK]


def test_a_new_password_ends_the_sessions_of_the_old_one(office: Desk) -> None:
    stolen = signed_in(office)
    signing_in.open_account(CLERK, "another password")
    assert seat(office, stolen) is None
    guessed(office)
    with pytest.raises(Invalid):
        signed_in(office)
    assert seat(office, signed_in(office, password="another password")) is not None


def test_each_sign_in_begins_a_session_of_its_own_with_its_own_form_token(office: Desk) -> None:
    tokens = [signed_in(office) for _ in range(3)]
    seats = [seat(office, token) for token in tokens]
    assert len({one.csrf for one in seats if one is not None}) == 3
    assert len(set(tokens)) == 3


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after_it(desk: Desk) -> None:
    clerk = Visitor(CLERK, cookie="sunlight_session=planted").sign_in()
    assert clerk.cookie.startswith("sunlight_session=")
    assert clerk.cookie != "sunlight_session=planted"
    assert clerk.get("/console/queue").status == 200
    assert Visitor(CLERK, cookie="sunlight_session=planted").get("/console/queue").status == 303


def test_the_session_cookie_goes_by_https_alone_in_production(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNLIGHT_STAGE", "production")
    config.cache_clear()
    cookie = Visitor(CLERK).sign_in().headers["Set-Cookie"]
    monkeypatch.undo()
    config.cache_clear()
    assert cookie.startswith("__Host-sunlight_session=")
    assert "; Path=/;" in cookie, "the prefix wants it"
    assert "; Secure" in cookie
    assert f"Max-Age={int(LONGEST.total_seconds())}" in cookie


# Accounts.


@pytest.mark.parametrize(
    ("staff", "password", "field"),
    [
        (CLERK, "x" * (SHORTEST_PASSWORD - 1), "password"),
        (CLERK, "会" * (LONGEST_PASSWORD + 1), "password"),
        (replace(CLERK, login=""), PASSWORD, "login"),
        (replace(CLERK, login="赵敏"), PASSWORD, "login"),
        (replace(CLERK, login="x" * 65), PASSWORD, "login"),
        (replace(HANDLER, unit=None), PASSWORD, "unit"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_the_name_of_its_field(
    desk: Desk, staff: Staff, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        signing_in.open_account(staff, password)
    assert [error.field for error in refused.value.errors] == [field]
    assert administering.all_accounts() == []


def test_somebody_moved_to_another_unit_works_there_from_the_next_sign_in(office: Desk) -> None:
    signing_in.open_account(HANDLER, PASSWORD)
    moved = replace(HANDLER, role=Role.HEAD, unit="education")
    token = signed_in(office, HANDLER.login)
    signing_in.open_account(moved, PASSWORD)
    assert seat(office, token) is None
    found = seat(office, signed_in(office, HANDLER.login))
    assert found is not None
    assert found.staff == moved
