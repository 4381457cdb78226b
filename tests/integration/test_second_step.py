"""两步验证: codes of RFC 6238, each once; recovery; who must have it; and who may take it off."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, hashing, keeping_accounts, own_account, second_step, signing_in
from chalicelib.desk.second_step import STEP
from chalicelib.domain.devices import UNKNOWN
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, RuleBroken, SlowDown
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import Signing, Stage
from chalicelib.domain.words import Role
from chalicelib.storage import second_steps
from chalicelib.storage.accounts import Account, What
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.desk import Desk
from tests.integration.visitor import PASSWORD
from tests.integration.watching import in_plain

ADMIN = Staff("fangyuan", "方圆", Role.ADMINISTRATOR, "petition-office")
CLERK = Staff("zhaomin", "赵敏", Role.CLERK, "petition-office")
SEALED = Staff("qingyi", "清一", Role.HANDLER, "discipline")
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


class Phone:
    """A telephone with an authenticator."""

    def __init__(self, desk: Desk, secret: str) -> None:
        self.desk, self.totp = desk, pyotp.TOTP(secret)

    def code(self, drift: int = 0) -> str:
        """What it shows now, its clock wrong by ``drift`` seconds."""
        return self.totp.at(self.desk.now + timedelta(seconds=drift))


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with three accounts; the clock stands at the beginning of a step of time."""
    for staff in (ADMIN, CLERK, SEALED):
        signing_in.keep(staff, _hash_of_password())
    return desk


def _hash_of_password() -> str:
    global _hashed
    _hashed = _hashed or hashing.hashed(PASSWORD)
    return _hashed


_hashed = ""


def account(staff: Staff = CLERK) -> Account:
    return own_account.account_of(staff.login)


def enrolled(desk: Desk, staff: Staff = CLERK) -> tuple[Phone, tuple[str, ...], str]:
    """The telephone, the recovery codes, and the token of the session in which it was set up."""
    second_step.begin(staff.login, desk.now)
    secret = second_step.offered(staff.login, desk.now)
    assert secret is not None
    phone = Phone(desk, secret)
    codes, token = second_step.confirm(account(staff), phone.code(), desk.now, UNKNOWN, "")
    desk.now += timedelta(seconds=STEP)  # the code that confirmed it is used
    return phone, codes, token


def signed_in(desk: Desk, staff: Staff = CLERK) -> str:
    """The token after the password."""
    return signing_in.sign_in(staff.login, PASSWORD, OFFICE, desk.now)


def stage(desk: Desk, token: str) -> Stage | None:
    """How far in the token is; None for nowhere."""
    if signing_in.seat_of(token, desk.now) is not None:
        return Stage.IN
    found = signing_in.halfway(token, desk.now)
    return found.session.stage if found is not None else None


def check(desk: Desk, code: str, staff: Staff = CLERK, device: str = "") -> None:
    second_step.check(account(staff), code, OFFICE, device, desk.now)


def refused(desk: Desk, code: str, staff: Staff = CLERK) -> str:
    with pytest.raises(Invalid) as why:
        check(desk, code, staff)
    return why.value.errors[0].code


# RFC 6238 itself.


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # appendix B: "12345678901234567890"
    at = datetime.fromtimestamp(seconds, UTC)
    assert second_step._step_of(secret, code, -1, at) == seconds // STEP


# Signing in by two steps.


def test_a_password_alone_is_no_seat_where_there_is_a_second_step(office: Desk) -> None:
    phone, _, _ = enrolled(office)
    token = signed_in(office)
    assert stage(office, token) is Stage.CODE
    found = signing_in.go_on(token, Stage.CODE, office.now, signing_in.csrf_of(signing_in.hash_of(token)))
    check(office, phone.code())
    inside = signing_in.enter(found.account, office.now, UNKNOWN, proven=True, ended=[token])
    assert stage(office, inside) is Stage.IN
    assert stage(office, token) is None, "the token of the step before is worth nothing"


def test_who_stands_at_the_code_for_ten_minutes_begins_again(office: Desk) -> None:
    enrolled(office)
    token = signed_in(office)
    office.now += timedelta(minutes=10)
    assert stage(office, token) is None


@pytest.mark.parametrize("csrf", ["", "forged", "会"])
def test_a_step_is_taken_by_its_own_form_alone(office: Desk, csrf: str) -> None:
    enrolled(office)
    token = signed_in(office)
    with pytest.raises(NotAllowed):
        signing_in.go_on(token, Stage.CODE, office.now, csrf)
    with pytest.raises(NotAllowed):
        signing_in.go_on(token, Stage.PASSWORD, office.now, signing_in.csrf_of(signing_in.hash_of(token)))


def test_a_code_is_taken_once_and_none_before_it_any_more(office: Desk) -> None:
    phone, _, _ = enrolled(office)
    earlier, now = phone.code(-STEP), phone.code()
    check(office, now)
    assert refused(office, now) == refused(office, earlier) == "second.wrong"


@pytest.mark.parametrize(
    ("drift", "taken"), [(-STEP, False), (0, True), (STEP, True), (-2 * STEP, False), (2 * STEP, False)]
)
def test_a_telephone_s_clock_may_be_wrong_by_one_step(office: Desk, drift: int, taken: bool) -> None:
    phone, _, _ = enrolled(office)  # the step before was used to confirm it
    code = phone.code(drift)
    if taken:
        check(office, code)
    else:
        refused(office, code)


def test_a_telephone_that_is_slow_by_a_step_gets_in_too(office: Desk) -> None:
    phone, _, _ = enrolled(office)
    office.now += timedelta(seconds=10 * STEP)
    check(office, phone.code(-STEP))


def test_of_two_requests_with_one_code_at_once_one_is_let_in(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, _, _ = enrolled(office)
    code, honest = phone.code(), second_steps.spend

    def overtaken(login: str, step: second_steps.SecondStep) -> bool:
        monkeypatch.setattr(second_steps, "spend", honest)
        check(office, code)  # the other request, between reading and writing
        return honest(login, step)

    monkeypatch.setattr(second_steps, "spend", overtaken)
    assert refused(office, code) == "second.wrong"


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} "])
def test_a_code_is_read_however_it_is_spaced_and_with_digits_of_full_width(office: Desk, typed: str) -> None:
    phone, _, _ = enrolled(office)
    code = phone.code().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    check(office, typed.format(code[:3], code[3:]))


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "会" * 9000, "\udcff", "-----------"])
def test_a_wrong_code_gets_one_and_the_same_answer(office: Desk, code: str) -> None:
    enrolled(office)
    assert refused(office, code) == "second.wrong"


def test_guessing_codes_is_slowed_and_does_not_shut_a_known_device_out(office: Desk) -> None:
    phone, _, _ = enrolled(office)
    for _ in range(FREE_TRIES):
        refused(office, "no code")
    with pytest.raises(SlowDown):
        check(office, phone.code())
    check(office, phone.code(), device="her own")


# Recovery.


def test_each_recovery_code_stands_for_one_code_once(office: Desk) -> None:
    _, codes, _ = enrolled(office)
    assert len(set(codes)) == 10
    check(office, codes[3].upper().replace("-", " "))
    assert second_step.left(CLERK.login) == 9
    assert refused(office, codes[3]) == "second.wrong"
    check(office, codes[4])
    assert account().news[0].what is What.CODE_SPENT, "its owner is told"


def test_neither_the_key_nor_a_recovery_code_can_be_read_in_the_table(office: Desk) -> None:
    phone, codes, _ = enrolled(office)
    kept = in_plain()
    assert phone.totp.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_key_that_is_moved_to_another_account_opens_nothing(office: Desk) -> None:
    from cryptography.exceptions import InvalidTag

    phone, codes, _ = enrolled(office)
    stolen = second_steps.load(CLERK.login)
    assert stolen is not None
    second_steps.confirm(ADMIN.login, stolen, office.now)
    with pytest.raises(InvalidTag):
        check(office, phone.code(), ADMIN)
    assert refused(office, codes[0], ADMIN) == "second.wrong"


def test_new_recovery_codes_end_the_old_ones(office: Desk) -> None:
    phone, old, _ = enrolled(office)
    new = second_step.renew_codes(account(), phone.code(), OFFICE, "", office.now)
    assert refused(office, old[0]) == "second.wrong"
    check(office, new[0])


# Setting up.


def test_setting_it_up_ends_every_other_session(office: Desk) -> None:
    elsewhere = signed_in(office)
    _, _, here = enrolled(office)
    assert stage(office, elsewhere) is None
    assert stage(office, here) is Stage.IN
    assert account().news[0].what is What.SECOND_SET


def test_it_counts_once_a_code_of_it_was_given_and_the_old_one_until_then(office: Desk) -> None:
    phone, _, _ = enrolled(office)
    second_step.begin(CLERK.login, office.now)
    with pytest.raises(Invalid):
        second_step.confirm(account(), "000000", office.now, UNKNOWN, "")
    check(office, phone.code())


def test_an_offer_is_over_after_half_an_hour(office: Desk) -> None:
    second_step.begin(CLERK.login, office.now)
    office.now += second_steps.OFFERED_FOR
    assert second_step.offered(CLERK.login, office.now) is None
    with pytest.raises(Invalid) as over:
        second_step.confirm(account(), "000000", office.now, UNKNOWN, "")
    assert over.value.errors[0].code == "second.offer_over"


def test_of_two_that_confirm_at_once_one_gets_the_recovery_codes(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    second_step.begin(CLERK.login, office.now)
    phone = Phone(office, second_step.offered(CLERK.login, office.now) or "")
    honest = second_steps.confirm
    codes: list[str] = []

    def overtaken(login: str, step: second_steps.SecondStep, at: datetime) -> None:
        monkeypatch.setattr(second_steps, "confirm", honest)
        codes.extend(second_step.confirm(account(), phone.code(), office.now, UNKNOWN, "")[0])
        honest(login, step, at)

    monkeypatch.setattr(second_steps, "confirm", overtaken)
    with pytest.raises(Changed):
        second_step.confirm(account(), phone.code(), office.now, UNKNOWN, "")
    check(office, codes[0])


def test_the_address_of_the_qr_code_is_read_by_authenticators(office: Desk) -> None:
    second_step.begin(CLERK.login, office.now)
    secret = second_step.offered(CLERK.login, office.now) or ""
    read = pyotp.parse_uri(second_step.address_of(secret, CLERK.login))
    assert (read.name, read.issuer, read.secret) == (CLERK.login, f"{office.city.name.zh}信访", secret)


# Who must have it.


@pytest.fixture
def strict(office: Desk) -> Desk:
    """A city that wants a second step of administrators and of whoever reads sealed accusations."""
    cities.change(lambda city: replace(city, signing=Signing(("administrator", "sealed"))))
    return office


def test_whoever_must_have_it_is_led_to_it_at_the_next_sign_in_and_works_on_until_then(office: Desk) -> None:
    at_work = signed_in(office, SEALED)
    cities.change(lambda city: replace(city, signing=Signing(("sealed",))))
    assert stage(office, at_work) is Stage.IN
    assert stage(office, signed_in(office, SEALED)) is Stage.ENROL
    assert stage(office, signed_in(office, CLERK)) is Stage.IN


def test_who_must_have_it_cannot_take_it_off_and_others_can(strict: Desk) -> None:
    phone, _, _ = enrolled(strict, SEALED)
    with pytest.raises(RuleBroken):
        second_step.remove(account(SEALED), phone.code(), OFFICE, "", strict.now)
    own, _, _ = enrolled(strict)
    second_step.remove(account(), own.code(), OFFICE, "", strict.now)
    assert stage(strict, signed_in(strict)) is Stage.IN


def test_an_administrator_resets_others_and_never_her_own(strict: Desk) -> None:
    _, _, hers = enrolled(strict, SEALED)
    keeping_accounts.reset_second(SEALED.login, ADMIN, strict.now)
    assert stage(strict, hers) is None
    assert stage(strict, signed_in(strict, SEALED)) is Stage.ENROL
    assert (account(SEALED).news[0].what, account(SEALED).news[0].name) == (What.SECOND_GONE, ADMIN.name)
    enrolled(strict, ADMIN)
    with pytest.raises(RuleBroken):
        keeping_accounts.reset_second(ADMIN.login, ADMIN, strict.now)
    assert stage(strict, signed_in(strict, ADMIN)) is Stage.CODE


def test_the_only_administrator_is_let_in_again_by_command(strict: Desk) -> None:
    enrolled(strict, ADMIN)
    keeping_accounts.forget_all(ADMIN.login)
    assert stage(strict, signed_in(strict, ADMIN)) is Stage.ENROL
