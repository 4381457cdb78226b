"""A Chalice route with nothing in it but the two calls that a submission makes: what our own code is measured by."""

import copy
from typing import Any

import boto3
from chalice.app import Chalice, Response

Request = dict[str, Any]


def bare_app(transaction: Request, batch: Request) -> Chalice:
    """An app whose ``POST /api/submissions`` reads its JSON, and sends these two requests of a real submission.

    The items go under keys of their own each time, so that the conditions hold; the messages go to a queue as they are.
    """
    app = Chalice(app_name="bare")
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")

    @app.route("/api/submissions", methods=["POST"])
    def submissions() -> Response:
        assert app.current_request is not None  # within a request it never is
        form = app.current_request.json_body
        dynamodb.transact_write_items(**anew(transaction, form["key"]))
        sqs.send_message_batch(**batch)
        return Response({"receipt": form["key"]}, status_code=201)

    return app


def anew(transaction: Request, key: str) -> Request:
    """``transaction`` with its items under ``key``, which nobody used before."""
    made = copy.copy(transaction)
    made.pop("ClientRequestToken", None)
    made["TransactItems"] = [
        {name: {**step, where: {**step[where], "pk": {"S": f"{step[where]['pk']['S']}#{key}"}}}}
        for one in transaction["TransactItems"]
        for name, step in one.items()
        for where in ("Item" if "Item" in step else "Key",)  # of an update
    ]
    return made
