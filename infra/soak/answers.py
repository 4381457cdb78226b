"""What AWS answers when something is wrong, as botocore reads it.

Sources: DynamoDB API Reference, "Common Errors" and TransactWriteItems; SQS API Reference, SendMessageBatch; S3 API
Reference, "Error Responses"; KMS API Reference, "Common Errors".
"""

import json
from typing import Any

from msgspec import Struct

DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
COMMON = "com.amazon.coral.availability#"


class Answer(Struct, frozen=True):
    """An answer over HTTP."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def throttled(service: str, number: int) -> Answer:
    """Too much is asked; DynamoDB has two words for it."""
    if service == "dynamodb":
        if number % 2:
            words = "The level of configured provisioned throughput for the table was exceeded."
            return _in_json(400, f"{DYNAMODB}ProvisionedThroughputExceededException", words)
        return _in_json(400, f"{COMMON}ThrottlingException", "Rate of requests exceeds the allowed throughput.")
    return failed(service)


def failed(service: str) -> Answer:
    """The service's own failure."""
    match service:
        case "dynamodb":
            return _in_json(500, f"{DYNAMODB}InternalServerError", "Internal server error")
        case "sqs":
            return _in_json(503, "com.amazonaws.sqs#ServiceUnavailable", "Service is unavailable.")
        case "kms":
            return _in_json(500, "KMSInternalException", "The request could not be processed.")
        case _:
            body = (
                b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
            )
            return Answer(503, ((b"content-type", b"application/xml"),), body)


def conflicting(operation: str, asked: bytes) -> Answer:
    """Another transaction holds one of the items."""
    if operation != "TransactWriteItems":
        return _in_json(400, f"{DYNAMODB}TransactionConflictException", "Transaction is ongoing for the item")
    reasons: list[dict[str, str]] = [{"Code": "None"} for _ in json.loads(asked)["TransactItems"]]
    reasons[0] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    codes = ", ".join(reason["Code"] for reason in reasons)
    words = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return _in_json(400, f"{DYNAMODB}TransactionCanceledException", words, CancellationReasons=reasons)


def one_refused(name: str, passed: Answer | None) -> Answer:
    """Of a batch of messages the one called ``name`` was not taken; ``passed``: what is said of the others, if any."""
    said = json.loads(passed.body) if passed is not None else {"Successful": []}
    failure = {"Id": name, "SenderFault": False, "Code": "InternalError", "Message": "try again"}
    return Answer(200, _headers(), json.dumps({**said, "Failed": [*said.get("Failed", []), failure]}).encode())


def _in_json(status: int, code: str, words: str, **more: Any) -> Answer:
    body = json.dumps({"__type": code, "message": words, "Message": words, **more}).encode()
    return Answer(status, _headers(), body)


def _headers() -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-type", b"application/x-amz-json-1.0"), (b"x-amzn-requestid", b"SOAK"))
