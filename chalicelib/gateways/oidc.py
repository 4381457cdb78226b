"""An OpenID Provider, spoken to as a relying party (OpenID Connect Core 1.0 and Discovery 1.0): nothing of it is
believed but what it signed. PyJWT checks the signatures; what is fetched is fetched at public addresses only.
"""

import time
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from msgspec import MsgspecError, Struct, convert
from msgspec.json import decode

from chalicelib.gateways import webhooks

if TYPE_CHECKING:
    from jwt import PyJWK

KEPT_FOR = 3600.0  # seconds that a provider's description and keys are held; an unknown key is asked for at once
SKEW = 60  # seconds that its clock may differ from ours
LARGEST = 60_000  # characters of an answer
KEY_TYPES = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
"""What signs (RFC 7518, RFC 8037), and the type of key that it takes: never "none", and nothing with a shared key."""


class Down(Exception):
    """The provider does not answer, or not as one does. The message is for the log, and holds no secret."""


class NotTaken(Exception):
    """The provider did not take the code: it was used, is too old, or our secret is wrong."""


class Untrusted(Exception):
    """What came is not the provider's word for us, now. The message says why, for the log."""


class Description(Struct, frozen=True):
    """What a provider says of itself (Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Client(Struct, frozen=True):
    """Who we are to the provider."""

    id: str
    secret: str
    redirect_uri: str


class Claims(Struct, frozen=True):
    """What an ID token says, as far as we look at it. ``said``: its claims in text, by name."""

    said: dict[str, str]
    email_verified: bool
    amr: tuple[str, ...]
    acr: str


class _Tokens(Struct):
    id_token: str


_descriptions: dict[str, tuple[float, Description]] = {}
_keys: dict[str, tuple[float, list["PyJWK"]]] = {}


def forget() -> None:
    """Know nothing any more of any provider."""
    _descriptions.clear()
    _keys.clear()


def described(issuer: str) -> Description:
    """What the provider ``issuer`` says of itself. Raises Down."""
    held = _descriptions.get(issuer)
    if held is not None and time.monotonic() - held[0] < KEPT_FOR:
        return held[1]
    body = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    try:
        found = decode(body, type=Description)
    except MsgspecError as error:
        raise Down("its description is none") from error
    if found.issuer != issuer:
        raise Down("it calls itself by another name")
    _descriptions[issuer] = (time.monotonic(), found)
    return found


def _fetched(url: str) -> str:
    try:
        answer = webhooks.exchange("GET", url, {"Accept": "application/json"}, kept=LARGEST)
    except (webhooks.NoAnswer, webhooks.Refused) as error:
        raise Down(str(error)) from error
    if answer.status != 200:
        raise Down(f"HTTP {answer.status}")
    return answer.body


def redeemed(provider: Description, client: Client, code: str, verifier: str) -> str:
    """The ID token for an authorization code (RFC 6749, 4.1.3; RFC 7636, 4.5). Raises Down, NotTaken."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if "client_secret_basic" in provider.token_endpoint_auth_methods_supported:
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"  # encoded first (RFC 6749, 2.3.1)
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client.id, "client_secret": client.secret}
    try:
        answer = webhooks.exchange("POST", provider.token_endpoint, headers, urlencode(form).encode(), LARGEST)
    except (webhooks.NoAnswer, webhooks.Refused) as error:
        raise Down(str(error)) from error
    if 400 <= answer.status < 500:
        raise NotTaken(f"HTTP {answer.status}")
    if answer.status != 200:
        raise Down(f"HTTP {answer.status}")
    try:
        return decode(answer.body, type=_Tokens).id_token
    except MsgspecError as error:
        raise Down("no ID token") from error


def verified(provider: Description, client: Client, token: str, nonce: str) -> Claims:
    """What ``token`` says, if the provider signed it, for us, just now, and for the sign-in of ``nonce`` (Core 1.0,
    3.1.3.7). Raises Untrusted, and Down when its keys cannot be had.
    """
    import jwt  # 100 ms, and here only

    try:
        header = jwt.get_unverified_header(token)
        algorithm, kid = str(header.get("alg", "")), str(header.get("kid", ""))
        if algorithm not in KEY_TYPES:
            raise Untrusted(f"signed by {algorithm[:20]}")
        said: dict[str, object] = jwt.decode(
            token,
            _key(provider.jwks_uri, kid, KEY_TYPES[algorithm]).key,
            algorithms=[algorithm],
            audience=client.id,
            issuer=provider.issuer,
            leeway=SKEW,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise Untrusted(type(error).__name__) from error
    if said["nonce"] != nonce:
        raise Untrusted("another sign-in's nonce")
    if said.get("azp", client.id) != client.id or (
        isinstance(said["aud"], list) and len(said["aud"]) > 1 and "azp" not in said
    ):
        raise Untrusted("made out to another")
    return _claims(said)


def _key(jwks_uri: str, kid: str, kind: str) -> "PyJWK":
    """The key that is named, fetched anew when it is not among those that are held: providers change theirs."""
    for fresh in (False, True):
        fitting = [
            key
            for key in _keys_of(jwks_uri, fresh)
            if key.key_type == kind and key.public_key_use in (None, "sig") and (not kid or key.key_id == kid)
        ]
        if len(fitting) == 1:
            return fitting[0]
    raise Untrusted("no such key")


def _keys_of(jwks_uri: str, fresh: bool) -> list["PyJWK"]:
    import jwt

    held = _keys.get(jwks_uri)
    if held is not None and not fresh and time.monotonic() - held[0] < KEPT_FOR:
        return held[1]
    try:
        keys = jwt.PyJWKSet.from_json(_fetched(jwks_uri)).keys
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:  # what is no set of keys breaks it anyhow
        raise Down("its keys cannot be read") from error
    _keys[jwks_uri] = (time.monotonic(), keys)
    return keys


def _claims(said: dict[str, object]) -> Claims:
    try:
        amr = convert(said.get("amr", ()), tuple[str, ...])
    except MsgspecError:
        amr = ()
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    return Claims(texts, said.get("email_verified") is True, amr, texts.get("acr", ""))
