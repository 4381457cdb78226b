"""What of AWS each deployed function can come to, read from the sources: who calls whom, down to the two lowest floors.

A function that is mentioned counts as called. So nothing is overlooked that is called by its name, as everything is
here, and a little is counted that is never called: it bounds what a policy may hold from above.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from infra.package import ROOT

HOUSE = ROOT / "chalicelib"
Graph = dict[str, set[str]]

OF_MODELS = {
    "get": {"dynamodb:GetItem"},
    "query": {"dynamodb:Query"},
    "get_paginator": {"dynamodb:Query"},
    "save": {"dynamodb:PutItem"},
    "update": {"dynamodb:UpdateItem"},
    "delete": {"dynamodb:DeleteItem"},
    "batch_get": {"dynamodb:BatchGetItem"},
    "batch_write": {"dynamodb:BatchWriteItem"},
}
OF_CLIENTS = {
    "generate_data_key": {"kms:GenerateDataKey"},
    "decrypt": {"kms:Decrypt"},
    "generate_presigned_post": {"s3:PutObject"},
    "generate_presigned_url": {"s3:GetObject"},
    "get_object": {"s3:GetObject"},
    "put_object": {"s3:PutObject"},
    "copy_object": {"s3:GetObject", "s3:PutObject"},
    "delete_object": {"s3:DeleteObject"},
    "send_message": {"sqs:SendMessage"},
    "send_message_batch": {"sqs:SendMessage"},
    "receive_message": {"sqs:ReceiveMessage"},
    "delete_message": {"sqs:DeleteMessage"},
    "get_queue_attributes": {"sqs:GetQueueAttributes"},
    "change_message_visibility": {"sqs:ChangeMessageVisibility"},
    "send_email": {"ses:SendEmail"},
    "get_secret_value": {"secretsmanager:GetSecretValue"},
    "get_object_tagging": {"s3:GetObjectTagging"},
    "publish": {"sns:Publish"},
}
"""By what the two floors write: a model's verbs in ``storage``, a client's calls in ``gateways``."""


@cache
def _sources() -> tuple[Graph, Graph]:
    """Every function of ours with what it mentions, and with what it asks of AWS itself."""
    mentions: Graph = defaultdict(set)
    asks: Graph = defaultdict(set)
    trees = {_module(file): ast.parse(file.read_text(encoding="utf-8")) for file in HOUSE.rglob("*.py")}
    for module, tree in trees.items():
        known = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chalicelib")
            for alias in node.names
        }
        for node in tree.body:
            for name in _named(node):
                place = f"{module}.{name}"
                mentions[place] |= set(_mentioned(node, module, known))
                asks[place] |= set(_asked(node, module))
    return mentions, asks


def _module(file: object) -> str:
    relative = str(file).removeprefix(f"{ROOT}/").removesuffix(".py").replace("/", ".")
    return relative.removesuffix(".__init__")


def _named(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _mentioned(node: ast.stmt, module: str, known: dict[str, str]) -> Iterable[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in known:
            yield f"{known[part.value.id]}.{part.attr}"
        elif isinstance(part, ast.Name):
            yield known.get(part.id, f"{module}.{part.id}")


def _asked(node: ast.stmt, module: str) -> Iterable[str]:
    verbs = OF_MODELS if module.startswith("chalicelib.storage.") else {}
    verbs = OF_CLIENTS if module.startswith("chalicelib.gateways.") else verbs
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield from verbs.get(part.attr, ())
            if part.attr.endswith("_index") and verbs is OF_MODELS:
                yield f"index/{part.attr.removesuffix('_index')}"
            if part.attr == "unmoved" and module.startswith("chalicelib.desk."):
                yield "dynamodb:ConditionCheckItem"  # cases that a transaction builds upon


def reached(*roots: str) -> set[str]:
    """The actions, and the table's indexes (``index/…``), that the functions ``roots`` can come to.

    A root may be the beginning of many names, with a dot at its end.
    """
    mentions, asks = _sources()
    left = [
        place for place in mentions for root in roots if place == root or (root[-1] == "." and place.startswith(root))
    ]
    seen: set[str] = set()
    while left:
        place = left.pop()
        if place not in seen:
            seen.add(place)
            left += [one for one in mentions[place] if one in mentions]
    return {action for place in seen for action in asks[place]}
