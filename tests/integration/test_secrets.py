"""Secrets shared with others: in the store, read seldom, changed without a gap; and the desk's own key wrapped anew."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from standardwebhooks import Webhook

from chalicelib.config import config
from chalicelib.desk import vault
from chalicelib.desk.signed import Unverified, verify
from chalicelib.gateways import aws, secrets
from chalicelib.gateways.secrets import Name
from chalicelib.storage import settings
from infra.bench.counting import counted
from infra.office import NotSet
from infra.secrets import BOTH_HOLD, rewrap, rotate, standing
from tests.integration.watching import in_plain

OLD, NEW = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def store(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stack's secret, as the template makes it."""
    made: str = boto3.client("secretsmanager").create_secret(Name="desk", SecretString="{}")["ARN"]
    monkeypatch.setenv("SUNLIGHT_SECRETS", made)
    config.cache_clear()
    secrets.forget()
    yield made
    boto3.client("secretsmanager").delete_secret(SecretId=made, ForceDeleteWithoutRecovery=True)
    monkeypatch.undo()
    config.cache_clear()
    secrets.forget()


def test_the_store_is_asked_by_name_where_the_stack_tells_no_arn(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNLIGHT_SECRETS", "desk")
    config.cache_clear()
    rotate(Name.SMS, OLD, AT)
    assert secrets.valid(Name.SMS) == (OLD,)


def signed(secret: str, body: bytes, number: int) -> dict[str, str]:
    """What a provider sends."""
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(f"msg_{number}", now, body.decode())
    return {
        "webhook-id": f"msg_{number}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def test_none_holds_before_one_is_set_and_nothing_is_taken_for_signed(store: str) -> None:
    assert secrets.valid(Name.SMS_INBOUND) == ()
    for secret in (OLD, "whsec_bm9ib2R5IGhhcyB0aGlzIHNlY3JldCwgaXQgaXMgcHVibGlj"):
        with pytest.raises(Unverified):
            verify("sms", Name.SMS_INBOUND, signed(secret, b"x", 1), b"x", datetime.now(UTC))


def test_while_one_is_changed_both_hold_and_a_week_later_the_new_one_alone(store: str) -> None:
    now = datetime.now(UTC)
    rotate(Name.SMS_INBOUND, OLD, now)
    rotate(Name.SMS_INBOUND, NEW, now)
    assert secrets.valid(Name.SMS_INBOUND) == (NEW, OLD)
    verify("sms", Name.SMS_INBOUND, signed(OLD, b"a", 1), b"a", now)
    verify("sms", Name.SMS_INBOUND, signed(NEW, b"b", 2), b"b", now)
    with pytest.raises(Unverified):
        verify("sms", Name.SMS_INBOUND, signed("whsec_" + "eHh4" * 8, b"c", 3), b"c", now)
    kept = secrets.read()[Name.SMS_INBOUND]
    assert kept.valid(now + BOTH_HOLD - timedelta(seconds=1)) == (NEW, OLD)
    assert kept.valid(now + BOTH_HOLD) == (NEW,)
    assert secrets.valid(Name.MAIL_INBOUND) == (), "each is its own"


def test_the_store_is_asked_once_in_a_while_and_again_when_that_is_over(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.forget()
    with counted() as calls:
        for _ in range(5):
            secrets.valid(Name.SMS)
    assert dict(calls.made) == {"secretsmanager.GetSecretValue": 1}
    aws.client("secretsmanager").put_secret_value(SecretId=store, SecretString=json.dumps({"sms": {"current": NEW}}))
    assert secrets.valid(Name.SMS) == ()
    monkeypatch.setattr(secrets, "KEPT_FOR", -1.0)
    assert secrets.valid(Name.SMS) == (NEW,)


def test_one_that_is_made_is_told_once_and_never_again(store: str) -> None:
    told = rotate(Name.MAIL_INBOUND, "", AT)
    (made,) = secrets.valid(Name.MAIL_INBOUND)
    assert made in told
    assert made not in standing(AT)
    assert made not in in_plain()
    assert rotate(Name.MAIL_INBOUND, made, AT).endswith("is that already")
    assert standing(AT).splitlines() == ["sms: none is set", "sms_inbound: none is set", "mail_inbound: one holds"]


@pytest.mark.parametrize(
    "wrong", ["hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", OLD.removeprefix("whsec_")]
)
def test_what_is_no_secret_is_refused_and_the_one_that_holds_stays(store: str, wrong: str) -> None:
    rotate(Name.SMS, OLD, AT)
    with pytest.raises(NotSet):
        rotate(Name.SMS, wrong, AT)
    assert secrets.valid(Name.SMS) == (OLD,)


def test_the_desk_s_own_key_is_wrapped_anew_and_opens_all_that_it_ever_sealed(table: str) -> None:
    with pytest.raises(NotSet):
        rewrap()
    sealed = vault.vault().seal("王秀英", "here")
    before = settings.load_wrapped_key()
    rewrap()
    assert settings.load_wrapped_key() != before
    vault.vault.cache_clear()
    assert vault.vault().open(sealed, "here") == "王秀英"
