"""统一身份认证: signing in by the city's own OpenID Provider, a real one, and everything that must not get in by it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace

from chalicelib.desk import cities, hashing, own_account, provider, second_step, signing_in, signing_settings
from chalicelib.domain.devices import UNKNOWN
from chalicelib.domain.errors import Invalid, RuleBroken
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import Stage
from chalicelib.domain.words import Role
from chalicelib.gateways import oidc
from tests.integration.desk import Desk
from tests.integration.identity import Identity, identity, new_key
from tests.integration.visitor import PASSWORD, Visitor, request
from tests.integration.watching import in_plain

CLERK = Staff("zhaomin", "赵敏", Role.CLERK, "petition-office")
ADMIN = Staff("fangyuan", "方圆", Role.ADMINISTRATOR, "petition-office")
SETTINGS = {
    "name": "云汀市统一身份认证",
    "client_id": "sunlight",
    "secret": "不外传 the client's secret",
    "claim": "preferred_username",
    "passwords": "all",
    "second": "provider",
    "acr": "",
}
KEY = new_key()


@pytest.fixture(scope="module")
def running() -> Iterator[Identity]:
    with identity() as made:
        yield made


@pytest.fixture
def city_id(running: Identity, now: Desk) -> Identity:
    """A desk whose city has a provider, which knows the clerk."""
    oidc.forget()
    running.bend, running.keys, running.down = None, {}, False
    running.knows("u-17", preferred_username=CLERK.login, email="zhao@example.cn", email_verified=True)
    signing_in.keep(CLERK, "no password fits this")
    set_to(running)
    return running


def set_to(running: Identity, **changed: str) -> None:
    signing_settings.set_provider({**SETTINGS, "issuer": running.issuer, **changed})


def at() -> datetime:
    return datetime.now(UTC)


def agreed(running: Identity, subject: str = "u-17") -> tuple[str, dict[str, str]]:
    """The browser's cookie, and the query that it is sent back with."""
    address, flow = provider.begin(at())
    back = running.agrees(address, subject)
    return flow, {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def finish(flow: str, query: dict[str, str], before: str = "") -> str:
    return provider.finish(flow, query, at(), UNKNOWN, before)


def turned_away(flow: str, query: dict[str, str]) -> str:
    """Under what rule nobody is let in."""
    with pytest.raises(RuleBroken) as refused:
        finish(flow, query)
    return refused.value.code


# Let in.


def test_whom_the_provider_names_is_let_in_by_the_desk_s_own_account(city_id: Identity) -> None:
    before = signing_in.enter(own_account.account_of(CLERK.login), at(), UNKNOWN)
    token = finish(*agreed(city_id), before)
    seat = signing_in.seat_of(token, at())
    assert seat is not None
    assert (seat.staff.login, seat.staff.role, seat.session.by_provider) == (CLERK.login, CLERK.role, True)
    assert signing_in.seat_of(before, at()) is None, "the session that the browser brought is ended"


def test_a_browser_is_led_there_and_back_and_is_signed_in(city_id: Identity) -> None:
    there = request("GET", "/console/oidc/start")
    flow = there.headers["Set-Cookie"].partition(";")[0]
    assert "HttpOnly" in there.headers["Set-Cookie"]
    back = city_id.agrees(there.headers["Location"], "u-17")
    assert back.startswith("http://127.0.0.1:8000/console/oidc/callback?")
    answer = request("GET", back.removeprefix("http://127.0.0.1:8000"), headers={"Cookie": flow})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    clerk = Visitor(CLERK, cookie=answer.headers["Set-Cookie"].partition(";")[0])
    assert clerk.get("/console/queue").status == 200


def test_the_sign_in_page_offers_it_by_the_name_that_the_office_gave(city_id: Identity) -> None:
    assert "用云汀市统一身份认证登录" in Visitor(CLERK).get("/console/session").page


@pytest.mark.parametrize(
    ("claim", "claims", "known"),
    [
        ("sub", {}, "u-18"),
        ("email", {"email": "sun@example.cn", "email_verified": True}, "sun@example.cn"),
        ("staff_number", {"staff_number": "A0017"}, "A0017"),
    ],
)
def test_the_office_says_which_claim_is_the_login(
    city_id: Identity, claim: str, claims: dict[str, object], known: str
) -> None:
    set_to(city_id, claim=claim)
    city_id.knows("u-18", **claims)
    signing_in.keep(replace(CLERK, login=known), "no password fits this")
    assert signing_in.seat_of(finish(*agreed(city_id, "u-18")), at()) is not None


def test_the_provider_s_new_key_is_fetched_when_it_is_first_used(city_id: Identity) -> None:
    finish(*agreed(city_id))
    city_id.keys = {"2026-a": KEY}
    finish(*agreed(city_id))
    city_id.asked.clear()
    finish(*agreed(city_id))
    assert city_id.asked == ["/oauth2/token"], "what is known is not asked again"
    city_id.keys = {"2026-a": KEY, "2026-b": new_key()}
    assert signing_in.seat_of(finish(*agreed(city_id)), at()) is not None


# Kept out.


def test_an_account_that_the_desk_does_not_have_is_told_whom_to_ask(city_id: Identity) -> None:
    city_id.knows("u-99", preferred_username="stranger")
    assert turned_away(*agreed(city_id, "u-99")) == "oidc.unknown"
    signing_in.close_account(CLERK.login)
    assert turned_away(*agreed(city_id)) == "oidc.unknown"


def test_a_token_without_the_login_lets_nobody_in(city_id: Identity) -> None:
    city_id.knows("u-20", name="某人")
    assert turned_away(*agreed(city_id, "u-20")) == "oidc.no_login"


def test_an_address_that_the_provider_did_not_verify_is_nobody_s(city_id: Identity) -> None:
    set_to(city_id, claim="email")
    city_id.knows("u-21", email=CLERK.login, email_verified=False)
    assert turned_away(*agreed(city_id, "u-21")) == "oidc.no_login"


@pytest.mark.parametrize("state", ["", "forged", "会"])
def test_an_answer_to_a_question_that_was_not_asked_is_nobody_s(city_id: Identity, state: str) -> None:
    flow, query = agreed(city_id)
    assert turned_away(flow, {**query, "state": state}) == "oidc.not_begun"


@pytest.mark.parametrize("flow", ["", "forged", "会", "AAAA", "A" * 5000])
def test_an_answer_in_another_browser_is_nobody_s(city_id: Identity, flow: str) -> None:
    _, query = agreed(city_id)
    assert turned_away(flow, query) == "oidc.not_begun"


def test_one_person_s_answer_signs_nobody_else_s_browser_in(city_id: Identity) -> None:
    _, attacker_s = agreed(city_id)
    victim_s, _ = agreed(city_id)
    assert turned_away(victim_s, attacker_s) == "oidc.not_begun"


def test_an_answer_counts_once(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    finish(flow, query)
    assert turned_away(flow, query) == "oidc.not_begun"


def test_a_code_is_worth_nothing_in_a_sign_in_that_did_not_ask_for_it(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    _, stolen = agreed(city_id)
    assert turned_away(flow, {**query, "code": stolen["code"]}) == "oidc.not_taken", "PKCE: another verifier"


def test_a_sign_in_that_took_ten_minutes_is_begun_again(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    with pytest.raises(RuleBroken) as refused:
        provider.finish(flow, query, at() + provider.WITHIN, UNKNOWN, "")
    assert refused.value.code == "oidc.not_begun"


def test_whoever_said_no_at_the_provider_is_not_let_in(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    assert turned_away(flow, {"state": query["state"], "error": "access_denied"}) == "oidc.denied"


def test_another_provider_s_answer_is_not_taken_for_ours(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    assert turned_away(flow, {**query, "iss": "https://evil.example"}) == "oidc.untrusted"


def signed(claims: dict[str, Any], **headers: str) -> str:
    return jwt.encode(claims, KEY, "RS256", headers={"kid": "k1", **headers})


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts), ""])


def with_public_key_as_secret(claims: dict[str, Any]) -> str:
    """What a library signs that lets the token choose: HS256, the provider's public key being the shared one."""
    import hashlib
    import hmac

    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = ".".join(
        urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
        for one in ({"alg": "HS256", "kid": "k1"}, claims)
    )
    made = hmac.new(public, text.encode(), hashlib.sha256).digest()
    return f"{text}.{urlsafe_b64encode(made).decode().rstrip('=')}"


def ago(seconds: int) -> int:
    return int((at() - timedelta(seconds=seconds)).timestamp())


HOSTILE = {
    "another nonce": lambda header, claims: signed({**claims, "nonce": "of another sign-in"}),
    "no nonce": lambda header, claims: signed({name: one for name, one in claims.items() if name != "nonce"}),
    "another audience": lambda header, claims: signed({**claims, "aud": "another-desk"}),
    "several audiences and nobody named": lambda header, claims: signed({**claims, "aud": ["sunlight", "other"]}),
    "made out to another": lambda header, claims: signed({**claims, "azp": "another-desk"}),
    "another issuer": lambda header, claims: signed({**claims, "iss": "https://evil.example"}),
    "expired": lambda header, claims: signed({**claims, "iat": ago(3600), "exp": ago(61)}),
    "of the future": lambda header, claims: signed({**claims, "iat": ago(-600)}),
    "no end": lambda header, claims: signed({name: one for name, one in claims.items() if name != "exp"}),
    "not signed": lambda header, claims: unsigned(claims),
    "signed with the public key": lambda header, claims: with_public_key_as_secret(claims),
    "another's key": lambda header, claims: jwt.encode(claims, new_key(), "RS256", headers={"kid": "k1"}),
    "an unknown key": lambda header, claims: signed(claims, kid="k9"),
    "no token": lambda header, claims: "nonsense",
}


@pytest.mark.parametrize("how", sorted(HOSTILE))
def test_nothing_but_the_provider_s_own_word_for_us_is_believed(city_id: Identity, how: str) -> None:
    city_id.keys, city_id.bend = {"k1": KEY}, HOSTILE[how]
    assert turned_away(*agreed(city_id)) == "oidc.untrusted"


def test_a_clock_that_is_a_minute_slow_lets_in_all_the_same(city_id: Identity) -> None:
    city_id.keys, city_id.bend = {"k1": KEY}, lambda header, claims: signed({**claims, "iat": ago(-50), "exp": ago(50)})
    assert signing_in.seat_of(finish(*agreed(city_id)), at()) is not None


def test_a_provider_that_is_down_gives_a_page_that_says_so(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    city_id.down = True
    assert turned_away(flow, query) == "oidc.down"
    oidc.forget()
    page = request("GET", "/console/oidc/start", headers={"Accept-Language": "zh"})
    assert page.status_code == 409
    assert "统一身份认证现在没有应答" in page.body.decode()
    assert "traceback" not in page.body.decode().lower()


# What the office sets.


def test_who_has_one_is_asked_for_the_second_step_unless_the_provider_took_one(city_id: Identity) -> None:
    second_step.begin(CLERK.login, at())
    account = own_account.account_of(CLERK.login)
    code = second_step._codes_of(second_step.offered(CLERK.login, at()) or "").now()
    second_step.confirm(account, code, at(), UNKNOWN, "")
    city_id.keys = {"k1": KEY}

    def let_in() -> Stage | None:
        token = finish(*agreed(city_id))
        found = signing_in.halfway(token, at())
        return found.session.stage if found is not None else Stage.IN

    assert let_in() is Stage.CODE
    city_id.bend = lambda header, claims: signed({**claims, "amr": ["pwd", "mfa"]})
    assert let_in() is Stage.IN
    set_to(city_id, second="ours")
    assert let_in() is Stage.CODE


def test_where_passwords_are_for_administrators_alone_nobody_else_gets_in_by_one(city_id: Identity) -> None:
    kept = hashing.hashed(PASSWORD)
    for staff in (CLERK, ADMIN):
        signing_in.keep(staff, kept)
    set_to(city_id, passwords="administrators")
    with pytest.raises(Invalid) as refused:
        signing_in.sign_in(CLERK.login, PASSWORD, "198.51.100.7", at())
    assert refused.value.errors[0].code == "sign_in.wrong"
    assert signing_in.sign_in(ADMIN.login, PASSWORD, "198.51.100.7", at())


def test_the_client_s_secret_cannot_be_read_in_the_table_and_is_sent_to_no_other_issuer(city_id: Identity) -> None:
    assert "the client's secret" not in in_plain()
    set_to(city_id, secret="")  # the same issuer: it stays
    finish(*agreed(city_id))
    with identity() as other, pytest.raises(Invalid) as refused:
        set_to(other, secret="")
    assert [one.field for one in refused.value.errors] == ["secret"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "https://10.0.0.1"),
        ("issuer", "http://169.254.169.254/latest"),
        ("issuer", "no address"),
        ("issuer", ""),
        ("client_id", ""),
        ("claim", ""),
        ("passwords", "nobody"),
        ("second", "theirs"),
        ("acr", "\n".join("abcdefghijk")),
    ],
)
def test_a_provider_that_cannot_be_is_refused_by_the_name_of_its_field(
    city_id: Identity, field: str, value: str
) -> None:
    before = cities.refreshed()
    with pytest.raises(Invalid) as refused:
        set_to(city_id, **{field: value})
    assert [one.field for one in refused.value.errors] == [field]
    assert cities.refreshed() == before


def test_a_provider_that_calls_itself_by_another_name_is_refused_at_once(city_id: Identity) -> None:
    with pytest.raises(Invalid) as refused:
        set_to(city_id, issuer=f"{city_id.issuer}/realm")
    assert [one.code for one in refused.value.errors] == ["oidc.issuer"]


def test_without_a_provider_everybody_signs_in_by_password(city_id: Identity) -> None:
    flow, query = agreed(city_id)
    signing_settings.remove_provider()
    assert turned_away(flow, query) == "oidc.off"
    assert request("GET", "/console/oidc/start").status_code == 409
