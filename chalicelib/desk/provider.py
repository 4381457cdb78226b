"""统一身份认证: signing in by the city's own OpenID Provider. It says who somebody is; the desk, what they may do."""

import hashlib
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from msgspec import MsgspecError, Struct

from chalicelib.config import config
from chalicelib.desk import cities, signing_in
from chalicelib.desk.vault import vault
from chalicelib.domain.devices import Device
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.signing import Provider, provider_proved
from chalicelib.gateways import oidc
from chalicelib.gateways.oidc import Claims, Client, Description
from chalicelib.seen.lines import failure
from chalicelib.storage.accounts import load_account
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.spent import spend

logger = logging.getLogger(__name__)

CALLBACK = "/console/oidc/callback"
WITHIN = timedelta(minutes=10)
LONGEST_SAID = 64  # characters of a login that is shown again
_FLOW = "oidc-flow"


class Flow(Struct, frozen=True):
    """A sign-in that was begun in this browser. It travels in the browser's cookie, encrypted, and is kept nowhere."""

    state: str
    nonce: str
    verifier: str
    issuer: str
    until: datetime


def begin(at: datetime) -> tuple[str, str]:
    """Where to send the browser, and what it must bring back in its cookie. Raises RuleBroken."""
    provider = _in_force()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    flow = Flow(state, nonce, verifier, provider.issuer, at + WITHIN)
    description = _described(provider)
    challenge = urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _client(provider).redirect_uri,
        "scope": "openid profile email",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in description.authorization_endpoint else "?"
    return f"{description.authorization_endpoint}{joint}{urlencode(asked)}", vault().seal(pack(flow), _FLOW)


def finish(cookie: str, query: Mapping[str, str], at: datetime, device: Device, before: str) -> str:
    """The token of a new session of whom the provider names. ``before``: the token that the browser brought.

    Raises RuleBroken, which says what to do: nobody is let in by half.
    """
    provider, flow = _in_force(), _flow(cookie)
    state = query.get("state", "")
    if flow is None or at >= flow.until or flow.issuer != provider.issuer or not signing_in.same(state, flow.state):
        raise RuleBroken("oidc.not_begun")
    if not spend("oidc", signing_in.hash_of(state), secrets.token_hex(8), at):
        raise RuleBroken("oidc.not_begun")
    if query.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another provider's answer
        raise RuleBroken("oidc.untrusted")
    if "error" in query or not query.get("code"):
        raise RuleBroken("oidc.denied")
    claims = _claims(provider, query["code"], flow)
    login = _login(provider, claims)
    account = load_account(login[: signing_in.LONGEST_LOGIN + 1])
    if account is None or not account.enabled:
        raise RuleBroken("oidc.unknown", login=login[:LONGEST_SAID])
    proven = provider_proved(provider, claims.amr, claims.acr)
    return signing_in.enter(account, at, device, proven=proven, by_provider=True, ended=[before])


def _in_force() -> Provider:
    provider = cities.current().signing.provider
    if provider is None:
        raise RuleBroken("oidc.off")
    return provider


def _described(provider: Provider) -> Description:
    try:
        return oidc.described(provider.issuer)
    except oidc.Down as error:
        logger.warning("the city's provider of sign-ins cannot be used", extra=failure(error))
        raise RuleBroken("oidc.down") from error


def _client(provider: Provider) -> Client:
    secret = vault().open(provider.secret, secret_place(provider.issuer))
    return Client(provider.client_id, secret, f"{config().public_origin}{CALLBACK}")


def secret_place(issuer: str) -> str:
    """Where a provider's secret is kept: sealed for one issuer, it is never sent to another."""
    return f"oidc#{issuer}"


def _flow(cookie: str) -> Flow | None:
    """What the browser brought back; None for what is not ours."""
    from cryptography.exceptions import InvalidTag

    try:
        return unpack(vault().open(cookie, _FLOW), Flow)
    except (InvalidTag, ValueError, MsgspecError):
        return None


def _claims(provider: Provider, code: str, flow: Flow) -> Claims:
    description, client = _described(provider), _client(provider)
    try:
        token = oidc.redeemed(description, client, code, flow.verifier)
        return oidc.verified(description, client, token, flow.nonce)
    except oidc.Down as error:
        logger.warning("the city's provider of sign-ins cannot be used", extra=failure(error))
        raise RuleBroken("oidc.down") from error
    except oidc.NotTaken as error:
        logger.warning("the provider did not take the code", extra=failure(error))
        raise RuleBroken("oidc.not_taken") from error
    except oidc.Untrusted as error:
        logger.warning("what the provider says of a person was not believed", extra=failure(error))
        raise RuleBroken("oidc.untrusted") from error


def _login(provider: Provider, claims: Claims) -> str:
    """The login that the token names. An e-mail address counts only once the provider has verified it."""
    login = claims.said.get(provider.claim, "")
    if not login or (provider.claim == "email" and not claims.email_verified):
        raise RuleBroken("oidc.no_login", claim=provider.claim)
    return login
