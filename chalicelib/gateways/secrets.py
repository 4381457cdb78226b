"""Secrets that are shared with others, in AWS Secrets Manager: one secret of the stack, which holds them all by name.

While one is changed both its values hold: nobody has to change theirs at the same moment.
"""

import time
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from chalicelib.config import config
from chalicelib.gateways.aws import client

KEPT_FOR = 300.0  # seconds; a secret that was changed is everywhere in force after this


class Name(StrEnum):
    """The secrets there are."""

    SMS = "sms"  # by which the desk signs to the SMS gateway
    SMS_INBOUND = "sms_inbound"  # by which the SMS provider signs what it hands in
    MAIL_INBOUND = "mail_inbound"  # the same, of an office's own mail server


class Secret(Struct, frozen=True, omit_defaults=True):
    """One secret: ``current``, and the one before it, which holds until ``previous_until``."""

    current: str = ""
    previous: str = ""
    previous_until: datetime | None = None

    def valid(self, at: datetime) -> tuple[str, ...]:
        """What holds at ``at``, the current one first; nothing where none was set."""
        older = self.previous if self.previous_until is not None and at < self.previous_until else ""
        return tuple(filter(None, (self.current, older)))

    def rotated(self, new: str, until: datetime) -> "Secret":
        """``new`` is the current one; the one before holds until ``until``."""
        return Secret(new, self.current, until if self.current else None)


Secrets = dict[str, Secret]
_known: tuple[float, Secrets] | None = None


def valid(name: Name) -> tuple[str, ...]:
    """The values that hold now, the current one first. One call in five minutes, and none before the first use.

    Raises botocore's ClientError when they cannot be read: nothing is taken for signed then.
    """
    return _all().get(name, Secret()).valid(datetime.now(UTC))


def forget() -> None:
    """Read them anew at the next use."""
    global _known
    _known = None


def read() -> Secrets:
    """All of them, as the store has them now."""
    text = client("secretsmanager").get_secret_value(SecretId=config().secrets)["SecretString"]
    return msgspec.json.decode(text, type=Secrets)


def write(secrets: Secrets) -> None:
    """Put all of them into the store."""
    text = msgspec.json.encode(secrets).decode()
    client("secretsmanager").put_secret_value(SecretId=config().secrets, SecretString=text)


def _all() -> Secrets:
    """What the store has; of a process outside a stack, what its environment says."""
    global _known
    if config().secrets[:1] in ("", "{"):  # else the secret's name or ARN
        return msgspec.json.decode(config().secrets or "{}", type=Secrets)
    if _known is None or time.monotonic() - _known[0] > KEPT_FOR:
        _known = (time.monotonic(), read())
    return _known[1]
