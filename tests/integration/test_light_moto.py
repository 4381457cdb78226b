"""What makes moto and argon2 light takes nothing away that the desk stands on."""

from typing import Any

import pytest

from chalicelib.desk import signing_in
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.gateways import aws, queues
from chalicelib.storage.accounts import load_account
from tests.integration.watching import everything, own
from tests.light_hashing import THOUSANDTH
from tests.light_moto import holds, made_anew, nothing_waits
from tests.light_table import HEAVY

Call = tuple[str, dict[str, Any]]
KEY = {"pk": {"S": "one"}, "sk": {"S": "1"}}
OTHER = {"pk": {"S": "two"}, "sk": {"S": "1"}}
OF_EVERY_TYPE: dict[str, Any] = {
    **KEY,
    "text": {"S": "信访"},
    "number": {"N": "12.50"},
    "bytes": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": [b"\x01", b"\x02"]},
    "list": {"L": [{"S": "a"}, {"B": b"\x03"}, {"M": {"in": {"L": []}}}]},
    "map": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"BOOL": False}}}}},
    "empty": {"M": {}},
}


def test_an_item_of_every_type_comes_back_as_it_was_put(table: str) -> None:
    dynamodb = own("dynamodb")
    dynamodb.put_item(TableName=table, Item=OF_EVERY_TYPE)
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"] == OF_EVERY_TYPE
    assert list(everything().values()) == [OF_EVERY_TYPE]


@pytest.mark.parametrize("stored", [{}, {"n": {"N": "1"}, "in": {"M": {"list": {"L": [{"S": "a"}]}}}}])
def test_a_transaction_of_which_one_step_is_refused_leaves_every_item_as_it_was(
    table: str, stored: dict[str, Any]
) -> None:
    dynamodb, name = own("dynamodb"), {"TableName": table}
    if stored:
        dynamodb.put_item(**name, Item={**KEY, **stored})
    dynamodb.put_item(**name, Item=OTHER)
    before = everything()
    changed = {"UpdateExpression": "SET n = :two", "ExpressionAttributeValues": {":two": {"N": "2"}}}
    there = {"ConditionExpression": "attribute_exists(pk)"}
    for step in ({"Update": {**name, "Key": KEY, **changed}}, {"Put": {**name, "Item": {**KEY, "x": {"S": "y"}}}}):
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(
                TransactItems=[
                    step,
                    {"Delete": {**name, "Key": OTHER}},
                    {"ConditionCheck": {**name, "Key": {"pk": {"S": "none"}, "sk": {"S": "1"}}, **there}},
                ]
            )
        assert everything() == before


def test_no_item_may_stand_twice_in_a_transaction(table: str) -> None:
    put = {"Put": {"TableName": table, "Item": KEY}}
    with pytest.raises(aws.client("dynamodb").exceptions.ClientError, match="multiple operations on one item"):
        own("dynamodb").transact_write_items(TransactItems=[put, put])
    assert everything() == {}


def test_a_table_made_anew_is_empty_and_described_as_before(table: str) -> None:
    def described() -> dict[str, Any]:
        return {**own("dynamodb").describe_table(TableName=table)["Table"]}

    before = described()
    holds(table, [OF_EVERY_TYPE])
    assert len(everything()) == 1
    assert made_anew(table)
    assert everything() == {}
    assert described() == before


def test_argon2_is_asked_for_what_owasp_holds_to_be_the_least(table: str) -> None:
    signing_in.open_account(Staff("zhaomin", "赵敏", Role.CLERK, "petition-office"), "一句不短的口令 2026")
    account = load_account("zhaomin")
    assert account is not None
    assert account.password_hash.startswith(f"$argon2id$v=19$m={19 * 1024 // THOUSANDTH},t=2,p=1$")


def _calls(name: str) -> list[Call]:
    """What the desk asks of a table, what is refused, and what is asked of a queue."""
    table, pairs = {"TableName": name}, [(f"case#{n % 3}", f"event#{7 * n % 10:06}") for n in range(10)]
    keys = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in pairs]
    due = [{"due_shard": {"S": f"due#{n % 2}"}, "due_at": {"S": f"2026-03-{1 + n % 4:02}"}} for n in range(10)]
    by = [{"person": {"S": "p"}, "person_at": {"S": f"{9 - n}"}} if n % 2 else {} for n in range(10)]
    there = {"ConditionExpression": "attribute_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    under = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "case#1"}}}
    falls_due = {"IndexName": "due", "KeyConditionExpression": "due_shard = :s AND due_at <= :at"}
    until = {"ExpressionAttributeValues": {":s": {"S": "due#1"}, ":at": {"S": "2026-03-03"}}}
    hers = {"KeyConditionExpression": "person = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    some = {"ProjectionExpression": "#t, #n", "ExpressionAttributeNames": {"#t": "text", "#n": "number"}}
    two = {"ExpressionAttributeNames": {"#n": "number"}, "ExpressionAttributeValues": {":n": {"N": "2"}}}
    queue = {"QueueUrl": queues.queue_of(Topic.ROUTING)}
    return [
        *(
            ("put_item", {**table, "Item": {**OF_EVERY_TYPE, **key, **shard, **person}})
            for key, shard, person in zip(keys, due, by, strict=True)
        ),
        ("get_item", {**table, "Key": keys[0]}),
        ("get_item", {**table, "Key": keys[0], **some}),
        ("get_item", {**table, "Key": KEY}),
        ("get_item", {**table, "Key": {"pk": {"S": "one"}}}),
        ("query", {**table, **under}),
        ("query", {**table, **under, "ScanIndexForward": False, "Limit": 2}),
        ("query", {**table, **under, "Limit": 1, "ExclusiveStartKey": keys[4]}),
        ("query", {**table, **falls_due, **until}),
        ("query", {**table, **falls_due, **until, "Limit": 2, "ScanIndexForward": False}),
        ("query", {**table, **falls_due, **until, "Select": "COUNT"}),
        ("query", {**table, "IndexName": "person", **hers}),
        ("query", {**table, "IndexName": "no-such-index", **under}),
        ("scan", {**table}),
        ("scan", {**table, "Limit": 3, **some}),
        ("update_item", {**table, "Key": keys[1], "UpdateExpression": "SET #n = :n", **two, "ReturnValues": "ALL_NEW"}),
        ("put_item", {**table, "Item": KEY, **there}),
        ("delete_item", {**table, "Key": keys[2], "ReturnValues": "ALL_OLD"}),
        ("batch_get_item", {"RequestItems": {name: {"Keys": keys[:3]}}}),
        ("transact_write_items", {"TransactItems": [{"Put": {**table, "Item": {**KEY, **due[0]}}}]}),
        ("transact_write_items", {"TransactItems": [{"Delete": {**table, "Key": OTHER, **there}}]}),
        ("describe_table", {"TableName": "no-such-table"}),
        ("scan", {**table}),
        ("send_message", {**queue, "MessageBody": "事事有回音"}),
        ("send_message_batch", {**queue, "Entries": [{"Id": "1", "MessageBody": "a", "DelaySeconds": 5}]}),
        ("receive_message", {**queue, "MaxNumberOfMessages": 10}),
        ("send_message", {"QueueUrl": f"{queue['QueueUrl']}-none", "MessageBody": "a"}),
        ("delete_message", {**queue, "ReceiptHandle": "nobody's"}),
    ]


DRAWN = {"ResponseMetadata", "MessageId", "ReceiptHandle"}  # by chance, each time


def _plain(answer: Any) -> Any:
    """An answer without what is drawn anew each time."""
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in answer.items() if name not in DRAWN}
    return [_plain(one) for one in answer] if isinstance(answer, list) else answer


def _answers(table: str) -> list[Any]:
    """What each call is told, on an empty table and with empty queues."""
    assert made_anew(table)
    nothing_waits()
    told: list[Any] = []
    for name, asked in _calls(table):
        client = own("sqs" if "message" in name else "dynamodb")
        try:
            told.append(_plain(getattr(client, name)(**asked)))
        except client.exceptions.ClientError as refused:
            told.append((type(refused).__name__, str(refused), _plain(refused.response)))
    return told


def test_the_short_road_and_the_light_table_answer_as_the_long_road_and_the_heavy_one(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    light = _answers(table)
    for client in (own("dynamodb"), own("sqs")):
        client.meta.events.register("before-send", _listens)
    try:
        assert _answers(table) == light
        for owner, name, heavy in HEAVY:
            monkeypatch.setattr(owner, name, heavy)
        assert _answers(table) == light
    finally:
        for client in (own("dynamodb"), own("sqs")):
            client.meta.events.unregister("before-send", _listens)
    refused = [one for one in light if isinstance(one, tuple)]
    assert len(refused) == 7, refused


def _listens(**_: object) -> None:
    """Somebody on the way: the call goes the long road."""
