"""What is really in the table, in the queues and in the bucket, and which calls were made."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest

from chalicelib.config import config
from chalicelib.domain.errors import Changed
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.gateways import aws, queues
from chalicelib.storage.records import unpack_message
from chalicelib.storage.table import DeskItem, raw_client


@cache
def own(service: str) -> Any:
    """A client of the tests' own, whose calls nobody counts. It takes a twentieth of a second to make."""
    return boto3.client(service)


def everything() -> dict[str, dict[str, Any]]:
    """Every item of the table, by its key."""
    pages = own("dynamodb").get_paginator("scan").paginate(TableName=config().table)
    return {f"{item['pk']['S']} {item['sk']['S']}": item for page in pages for item in page["Items"]}


def in_plain() -> str:
    """All that can be read in the table and in the queues without a key."""
    waiting = [text for topic in Topic for text, _ in peeked(topic)]
    return json.dumps(list(everything().values()), ensure_ascii=False) + "\n".join(waiting)


def peeked(topic: Topic) -> list[tuple[str, str]]:
    """The messages of a queue, body and handle. They stay in it."""
    url, sqs = queues.queue_of(topic), own("sqs")
    found: list[dict[str, Any]] = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
        found += got
    for message in found:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [(message["Body"], message["ReceiptHandle"]) for message in found]


def sent(topic: Topic) -> list[Message]:
    """What waits in a queue about cases."""
    return [message for message in sent_at_all(topic) if isinstance(message, Message)]


def sent_at_all(topic: Topic) -> list[AnyMessage]:
    """What waits in a queue, whatever it is about."""
    return [unpack_message(body) for body, _ in peeked(topic)]


def outbox() -> set[str]:
    """The ids of the messages that are committed and not yet acted upon."""
    return {key.split()[0].removeprefix("outbox#") for key in everything() if key.startswith("outbox#")}


class Calls(list[str]):
    """The names of the calls made, in order, and how many items were read by them."""

    looked_at: int = 0

    def made(self, model: Any, **_: object) -> None:
        """A call is about to be made."""
        self.append(model.name)

    def answered(self, parsed: dict[str, Any], **_: object) -> None:
        """An answer has come."""
        self.looked_at += int(parsed.get("ScannedCount", 0))


@contextmanager
def watched() -> Iterator[Calls]:
    """Every call of AWS that the desk makes meanwhile."""
    calls = Calls()
    DeskItem._get_connection()
    clients = [raw_client(), *(aws.client(service) for service in ("sqs", "s3", "kms"))]
    for client in clients:
        client.meta.events.register("before-call", calls.made)
        client.meta.events.register("after-call", calls.answered)
    try:
        yield calls
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", calls.made)
            client.meta.events.unregister("after-call", calls.answered)


@contextmanager
def lost(operation: str) -> Iterator[None]:
    """The network fails at every call of ``operation``, before anything is sent."""
    from botocore.exceptions import EndpointConnectionError

    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://nowhere.invalid")

    clients = [raw_client(), *(aws.client(service) for service in ("sqs", "s3"))]
    for client in clients:
        client.meta.events.register(f"before-send.*.{operation}", fail)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(f"before-send.*.{operation}", fail)


@contextmanager
def overtaken(times: int) -> Iterator[None]:
    """Right before each of the desk's next transactions somebody else moves what it builds upon, and so many times."""
    built_upon: list[dict[str, Any]] = []
    left = [times]

    def moved(by: int) -> None:
        said = {"UpdateExpression": "ADD version :by", "ConditionExpression": "attribute_exists(version)"}
        for key in built_upon:
            own("dynamodb").update_item(
                TableName=config().table, Key=key, ExpressionAttributeValues={":by": {"N": str(by)}}, **said
            )

    def before(params: dict[str, Any], **_: object) -> None:
        puts = [one["Put"] for one in params["TransactItems"] if "Put" in one] if left[0] else []
        there = everything() if puts else {}
        keys = [{name: put["Item"][name] for name in ("pk", "sk")} for put in puts if "version" in put["Item"]]
        built_upon[:] = [key for key in keys if f"{key['pk']['S']} {key['sk']['S']}" in there]
        left[0] -= bool(built_upon)
        moved(+1)

    def after(**_: object) -> None:
        moved(-1)
        built_upon.clear()

    DeskItem._get_connection()
    hooks = {"provide-client-params": before, "after-call": after}
    for name, hook in hooks.items():
        raw_client().meta.events.register(f"{name}.dynamodb.TransactWriteItems", hook)
    try:
        yield
    finally:
        for name, hook in hooks.items():
            raw_client().meta.events.unregister(f"{name}.dynamodb.TransactWriteItems", hook)


def objects() -> list[str]:
    """The keys in the bucket."""
    return [one["Key"] for one in own("s3").list_objects_v2(Bucket=config().uploads_bucket).get("Contents", [])]


def stands_being_overtaken(act: Callable[[], object]) -> None:
    """Whoever is overtaken time after time is told so, and nothing is written; who is overtaken once is served."""
    before = written()
    with overtaken(times=100), pytest.raises(Changed):
        act()
    assert written() == before
    with overtaken(times=1):
        act()
    assert written() != before


def written() -> dict[str, object]:
    """All that is kept, but for how often an address or a number has asked."""
    return {key: item for key, item in everything().items() if not key.startswith(("throttle#", "count#"))}
