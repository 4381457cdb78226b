"""The providers of SMS and e-mail, as moto plays them: what really reached them, and how they fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from botocore.exceptions import EndpointConnectionError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from chalicelib.config import config
from chalicelib.gateways import aws

REGION = "us-east-1"  # SES has no endpoint in the China regions
SENDER = "desk@sunlight.example"
OPERATIONS = {"sns": "Publish", "sesv2": "SendEmail"}


class Killed(BaseException):
    """The function is cut off: nothing of its own code runs any more."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the provider took it."""

    to: str
    subject: str
    html: str


@contextmanager
def in_business() -> Iterator[None]:
    """Both providers know the desk, have sent nothing yet, and are what it sends by."""
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("SUNLIGHT_SMS", "sns")
        settings.setenv("SUNLIGHT_MAIL", "ses")
        settings.setenv("SUNLIGHT_MAIL_FROM", SENDER)
        config.cache_clear()
        aws.client.cache_clear()
        with pytest.MonkeyPatch.context() as place:
            place.setenv("AWS_DEFAULT_REGION", REGION)
            for service in OPERATIONS:
                aws.client(service)
        know_our_sender()
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()
        sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.clear()
        yield
        know_our_sender_no_more()
    config.cache_clear()
    aws.client.cache_clear()


def know_our_sender() -> None:
    """The provider takes mails from the desk."""
    aws.client("sesv2").create_email_identity(EmailIdentity=SENDER)


def know_our_sender_no_more() -> None:
    """The provider rejects mails from the desk."""
    aws.client("sesv2").delete_email_identity(EmailIdentity=SENDER)


def sms() -> list[tuple[str, str]]:
    """Number and text of every SMS, in order."""
    return list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values())


def mails() -> list[Mail]:
    """Every mail, in order."""
    taken = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [Mail(one.destinations["ToAddresses"][0], one.subject, one.body) for one in taken]


@contextmanager
def down(service: str) -> Iterator[None]:
    """The provider cannot be reached."""

    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://nowhere.invalid")

    with _hooked(f"before-send.*.{OPERATIONS[service]}", service, fail):
        yield


@contextmanager
def killed_after(service: str) -> Iterator[None]:
    """The provider takes the notice, and the function ends before it can say so."""

    def die(**_: object) -> None:
        raise Killed

    with _hooked(f"after-call.*.{OPERATIONS[service]}", service, die):
        yield


@contextmanager
def meanwhile(service: str, act: Callable[[], None]) -> Iterator[None]:
    """Something else happens just while a notice is on its way to the provider."""

    def do(**_: object) -> None:
        act()

    with _hooked(f"before-send.*.{OPERATIONS[service]}", service, do):
        yield


@contextmanager
def _hooked(event: str, service: str, act: Callable[..., None]) -> Iterator[None]:
    events = aws.client(service).meta.events
    events.register(event, act)
    try:
        yield
    finally:
        events.unregister(event, act)
