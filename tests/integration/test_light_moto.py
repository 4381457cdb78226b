"""What makes moto and argon2 light takes nothing away that the desk stands on."""

from typing import Any

import pytest

from chalicelib.desk import signing_in
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.gateways import aws
from chalicelib.storage.accounts import load_account
from tests.integration.watching import everything, own
from tests.light_hashing import THOUSANDTH
from tests.light_moto import holds, made_anew

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
