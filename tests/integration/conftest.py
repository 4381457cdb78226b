"""A desk on moto: one mock for the session, one clean table a test."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.config import config
from chalicelib.desk import cities, closing_days, models, vault
from chalicelib.domain.city import City
from chalicelib.gateways import aws, queues
from chalicelib.storage import table as storage
from infra.table import create_table
from tests.integration.agency import SECRETS, Sender, introduce
from tests.integration.desk import Desk
from tests.integration.watching import objects, own
from tests.integration.wire import Page
from tests.light_hashing import hash_lightly
from tests.light_moto import REGION, lighten, made_anew, nothing_waits
from tests.light_table import lighten_tables
from tests.short_road import shorten

hash_lightly()
lighten()
lighten_tables()
shorten()

_ours: object = None  # the connection that these tests made
QUEUES = ("routing", "notices", "webhooks", "mail")


@pytest.fixture(scope="session")
def cloud() -> Iterator[None]:
    """moto, with the key, the queues and the bucket that no test changes."""
    with mock_aws():
        kms = boto3.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=config().kms_key, TargetKeyId=key)
        boto3.client("s3").create_bucket(
            Bucket=config().uploads_bucket,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        sqs = boto3.client("sqs")
        for name in QUEUES:
            sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})
            sqs.create_queue(QueueName=f"{name}-dead")
        aws.client.cache_clear()
        yield


@pytest.fixture
def table(cloud: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The desk's table, empty, and nothing known from another test. No queue delays: it would turn up in the next."""
    monkeypatch.setattr(queues, "LONGEST_DELAY", 0)
    while not made_anew(config().table):
        create_table(aws.client("dynamodb"), config().table)
    nothing_waits()
    connect()
    vault.vault.cache_clear()
    cities.use(default_city())
    models.forget()
    return config().table


def connect() -> None:
    """Point the storage at moto's table, unless it still is: a client takes a tenth of a second to make."""
    global _ours
    if _ours is None or storage.DeskItem._connection is not _ours:
        storage.configure()
        _ours = storage.DeskItem._get_connection()


@pytest.fixture
def city(table: str) -> City:
    """The default city, in force."""
    return cities.known()


@pytest.fixture
def desk(city: City) -> Desk:
    """A desk at work, on Monday 2 March 2026, nine o'clock in Shanghai."""
    return Desk(city, datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
def province(desk: Desk) -> Iterator[Sender]:
    """A higher desk that refers petitions to ours, today."""
    from app import app

    introduce(desk)
    with Client(app) as client:
        yield Sender(client, "province", SECRETS["province"])


@pytest.fixture
def county(province: Sender) -> Sender:
    """Another agency that may do so."""
    return replace(province, agency="county", secret=SECRETS["county"])


@pytest.fixture
def now(desk: Desk) -> Desk:
    """The desk today: pages and functions go by no other clock."""
    desk.now = datetime.now(UTC)
    return desk


@pytest.fixture
def page(table: str) -> Iterator[Page]:
    """Anybody's browser, over the whole application."""
    from app import app

    with Client(app) as client:
        yield Page(client)


@pytest.fixture
def not_far_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first closing looks back a year, which is slow on moto."""
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 10)


@pytest.fixture
def empty_bucket(table: str) -> Iterator[None]:
    """The bucket is empty again after each test."""
    yield
    for key in objects():
        own("s3").delete_object(Bucket=config().uploads_bucket, Key=key)
