"""A desk apart: table and key on a ministack of its own, for what runs over thousands of items and is thrown away."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.engine import Engine, free_port
from infra.table import create_table

TABLE = "sunlight-apart"
QUEUES = ("ROUTING", "NOTICES", "WEBHOOKS", "MAIL")


@contextmanager
def desk_apart() -> Iterator[Engine]:
    """A running engine with an empty desk on it; this process is part of that desk until it ends.

    Raises NotStarted when the engine is missing or does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="sunlight-") as folder:
        engine = Engine(free_port(), None, Path(folder) / "engine.log").start()
        signal.signal(signal.SIGTERM, _end)  # the engine has a session of its own and would live on
        try:
            os.environ.update(engine.environment)
            furnish()
            yield engine
        finally:
            engine.stop()


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def furnish() -> None:
    """Make table, key and queues on whatever AWS this process speaks to, and let the desk use them."""
    import boto3

    from chalicelib.config import config
    from chalicelib.desk.vault import vault
    from chalicelib.gateways import aws
    from chalicelib.storage import table

    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    sqs = boto3.client("sqs")
    queues = {name: sqs.create_queue(QueueName=f"apart-{name.lower()}")["QueueUrl"] for name in QUEUES}
    os.environ.update(_settings(key, queues))
    config.cache_clear()
    aws.client.cache_clear()
    vault.cache_clear()
    create_table(boto3.client("dynamodb"), TABLE)
    table.configure()


def _settings(key: str, queues: dict[str, str]) -> dict[str, str]:
    return {
        "SUNLIGHT_STAGE": "local",
        "SUNLIGHT_TABLE": TABLE,
        "SUNLIGHT_UPLOADS_BUCKET": "apart",
        **{f"SUNLIGHT_{name}_QUEUE_URL": url for name, url in queues.items()},
        **{f"SUNLIGHT_{name}_DLQ_URL": url for name, url in queues.items()},  # nothing here ever fails twice
        "SUNLIGHT_KMS_KEY_ID": key,
        "SUNLIGHT_PUBLIC_ORIGIN": "http://127.0.0.1",
    }
