"""Signing in as a city sets it: who needs a second step, whose counts, and what comes after the password."""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.people import Staff
from chalicelib.domain.words import UNIT_ROLES, Role

SEALED = "sealed"  # among those who need a second step: whoever reads sealed accusations, whatever their role
STRICT = (Role.ADMINISTRATOR.value, Role.LEADER.value, SEALED)
"""Who needs a second step in a city that a real office founds (docs/decisions/0032)."""


class Stage(StrEnum):
    """How far somebody has come who gave the right password."""

    IN = "in"
    CODE = "code"  # 两步验证: a code of the second step is asked for
    PASSWORD = "password"  # 一次性密码: a password of one's own must be set
    ENROL = "enrol"  # the second step must be set up


class Passwords(StrEnum):
    """Who may still sign in by password where a provider signs people in."""

    ALL = "all"
    ADMINISTRATORS = "administrators"  # when the provider is down, they alone get in


class Second(StrEnum):
    """Whose second step counts after a provider signed somebody in."""

    PROVIDER = "provider"  # the provider's, where it says that there was one (RFC 8176); else ours
    OURS = "ours"


class Provider(Struct, frozen=True):
    """统一身份认证: the OpenID Provider of the city (OpenID Connect Core 1.0). ``secret`` is encrypted by the vault;
    ``claim`` names what of the ID token is the login; ``acr`` are the contexts that mean a second step.
    """

    issuer: str
    client_id: str
    secret: str
    name: str  # on the button
    claim: str = "preferred_username"
    passwords: Passwords = Passwords.ALL
    second: Second = Second.PROVIDER
    acr: tuple[str, ...] = ()


class Signing(Struct, frozen=True):
    """``required``: roles that need a second step, and SEALED."""

    required: tuple[str, ...] = ()
    provider: Provider | None = None


def needs_second(staff: Staff, signing: Signing, sealed_units: Collection[str]) -> bool:
    """Whether ``staff`` may not work without a second step. ``sealed_units``: the discipline line's."""
    reads_sealed = staff.role in UNIT_ROLES and staff.unit in sealed_units
    return staff.role.value in signing.required or (SEALED in signing.required and reads_sealed)


def next_stage(*, has_second: bool, needs: bool, proven: bool, must_change: bool) -> Stage:
    """What is still missing. ``proven``: a second step was taken, ours or the provider's. The code comes before the new
    password: who only found a one-time password gets no further.
    """
    if has_second and not proven:
        return Stage.CODE
    if must_change:
        return Stage.PASSWORD
    return Stage.ENROL if needs and not proven else Stage.IN


def provider_proved(provider: Provider, amr: Collection[str], acr: str) -> bool:
    """Whether the provider says that there was a second step (RFC 8176: "mfa"), or a context that the office trusts."""
    return provider.second is Second.PROVIDER and ("mfa" in amr or (acr != "" and acr in provider.acr))
