"""Clients of AWS, one of each a process."""

from functools import cache
from typing import Any


@cache
def client(service: str) -> Any:
    """The boto3 client of ``service``, with timeouts well inside the gateway's 29 s."""
    import boto3  # here: importing it costs more than the rest of the program, and the table does without
    from botocore.config import Config

    timeouts = Config(connect_timeout=2, read_timeout=6, retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client(service, config=timeouts)
