"""Read and write units by AWS's rules: what the figures of the benchmarks are made of."""

from typing import Any

import pytest

from infra.bench.units import TRANSACTIONAL, keys_written, read, size_of, stored, written

KB = 1024
KEY: dict[str, dict[str, Any]] = {"pk": {"S": "case#1"}, "sk": {"S": "case"}}


def item(body: int, **more: str) -> dict[str, dict[str, Any]]:
    """An item of about so many bytes, with these index keys."""
    return {**KEY, "body": {"S": "x" * body}, **{name: {"S": value} for name, value in more.items()}}


OPEN = {"worklist": "unit#a", "worklist_at": "2026-03-01"}


def test_an_items_size_is_its_names_and_its_values() -> None:
    assert size_of({"pk": {"S": "ab"}, "n": {"N": "1234"}, "facts": {"SS": ["a", "bc"]}}) == 2 + 2 + 1 + 4 + 5 + 3 + 5


@pytest.mark.parametrize(
    ("before", "after", "times", "units"),
    [
        ({}, item(100), 1.0, 1),
        ({}, item(2 * KB), 1.0, 3),
        ({}, item(100), TRANSACTIONAL, 2),
        ({}, item(100, **OPEN), TRANSACTIONAL, 3),
        (item(2 * KB, **OPEN), item(100, **OPEN), 1.0, 6),  # the larger of the two, in the table and in the index
        (item(100, **OPEN), item(100, **OPEN), 1.0, 1),  # nothing changes in the index
        (item(100, **OPEN), item(100, **{**OPEN, "worklist": "done#a"}), 1.0, 3),  # out of one list, into another
        (item(100, **OPEN), {}, 1.0, 2),
        ({}, item(2 * KB, person="p", person_at="2026"), 1.0, 4),  # that index holds keys alone
    ],
)
def test_a_write_costs_its_kilobytes_in_the_table_and_in_each_index_that_changes(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], times: float, units: float
) -> None:
    assert written(before, after, times) == units


def test_all_items_of_a_transaction_cost_twice_also_those_that_are_only_checked() -> None:
    steps = [{"Put": {"Item": item(10)}}, {"ConditionCheck": {"Key": KEY}}, {"Delete": {"Key": KEY}}]
    assert keys_written("TransactWriteItems", {"TransactItems": steps}) == [(KEY, 2.0)] * 3
    assert keys_written("Query", {}) == []


def test_a_read_costs_its_blocks_of_four_kilobytes_half_if_it_may_be_old_and_one_if_nothing_is_found() -> None:
    found = [item(3 * KB), item(3 * KB)]

    def ask(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        assert "ProjectionExpression" not in request
        assert request.get("ExpressionAttributeNames", {}) == {"#pk": "pk"}
        return {"Items": found}

    query = {
        "KeyConditionExpression": "#pk = :pk",
        "ProjectionExpression": "#sk",
        "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
    }
    assert read("Query", query, {"Items": []}, ask) == 1.0
    assert read("Query", {**query, "ConsistentRead": True}, {"Items": []}, ask) == 2.0
    assert read("GetItem", {"ConsistentRead": True}, {}, lambda *_: {}) == 1.0


def test_what_is_kept_is_the_item_and_its_copies_in_the_indexes() -> None:
    assert stored(item(1000, **OPEN)) == 2 * (size_of(item(1000, **OPEN)) + 100)
