"""``python -m infra.seed``: fills an empty desk with the demo city and plays its stories up to now.

Needs the environment of the deployment (``chalicelib.config``). A desk that has a city already is left alone. With
``BARE=yes`` in the environment only the city and its accounts are laid out, and no letters.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from chalicelib.config import config

QUEUES = ("ROUTING", "NOTICES", "WEBHOOKS")


def main() -> None:
    """Seed the desk once, and say so."""
    with queues_of_its_own():
        from infra.seed.seeding import lay_out, seed  # after the environment names the queues

        if os.environ.get("BARE") == "yes":
            lay_out()
            return
        played = seed(datetime.now(UTC))
    print(f"seeded {played} letters" if played else "the desk has a city already: nothing was seeded", file=sys.stderr)


@contextmanager
def queues_of_its_own() -> Iterator[None]:
    """Queues that nobody else reads: the running desk would answer the letters of three months ago today."""
    import boto3

    sqs = boto3.client("sqs")
    before = {name: os.environ[_variable(name)] for name in QUEUES}
    made = {name: sqs.create_queue(QueueName=f"seed-{name.lower()}")["QueueUrl"] for name in QUEUES}
    os.environ.update({_variable(name): url for name, url in made.items()})
    config.cache_clear()
    try:
        yield
    finally:
        os.environ.update({_variable(name): url for name, url in before.items()})
        config.cache_clear()
        for url in made.values():
            sqs.delete_queue(QueueUrl=url)


def _variable(name: str) -> str:
    return f"SUNLIGHT_{name}_QUEUE_URL"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # Ctrl-C reaches everything that `make run` has started
        sys.exit(130)
