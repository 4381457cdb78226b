"""The desk under soak: the packaged functions on an engine of their own, with the proxy before their AWS."""

import asyncio
import os
import secrets
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime

import boto3
import httpx
import uvicorn
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from msgspec.structs import replace
from starlette.applications import Starlette

from chalicelib.city import default_city
from chalicelib.domain.city import Agency, Name
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.gateways.secrets import Name as SecretName
from infra.local.engine import CREDENTIALS, REGION, Engine, NotStarted
from infra.local.front import WAITS
from infra.local.stack import Stack, client
from infra.secrets import rotate
from infra.soak.draining import queues
from infra.soak.handlers import PASSWORD
from infra.soak.outside import ENDPOINTS

Sweep = Callable[[], str]

HIDDEN = {"RoutingQueueUrl": 70, "NoticesQueueUrl": 120, "WebhooksQueueUrl": 40}
"""Seconds for which a message that was not acted upon is hidden, instead of the template's 360, 360 and 180: a soak is
not to end before they come again. Longer than the functions may take, and five tries of a notice outlast the five
minutes for which an attempt that was cut off is left alone.
"""

AT_ONCE = 2  # functions of each queue: the least that AWS knows
SETTLES_WITHIN = 90.0  # seconds
SWEEPS_FOR = 310.0  # seconds: ten more than the function may take
_KEYS = {name.lower(): CREDENTIALS[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
REQUESTS_AT_ONCE = 6  # that the front passes on: each more is one more process; the others wait, and it is counted

UNITS = ("dizhou-urban-management", "wanglan-housing", "dizhou-human-resources", "wanglan-transport")
"""The units that work; the clerks dispatch to these."""

DESK = (*[Role.CLERK] * 7, Role.HEAD)  # the petition office's; its head grants extensions and signs its own replies
IN_A_UNIT = (Role.HANDLER, Role.HANDLER, Role.HEAD)
AGENCIES = ("province", "hotline-center")


def team(most: int) -> list[Staff]:
    """The staff at work: the desk's and four units', in turn until there are ``most``."""
    people = [("petition-office", DESK), *((unit, IN_A_UNIT) for unit in UNITS)]
    everybody = [
        Staff(f"{unit}-{place}", f"{unit} {place}", role, unit)
        for unit, roles in people
        for place, role in enumerate(roles)
    ]
    if most >= len(everybody):
        return everybody
    chosen = [everybody[0], *(one for one in everybody if one.unit == UNITS[0]), *everybody]
    return list(dict.fromkeys(chosen))[:most]


def secret() -> str:
    """A secret of Standard Webhooks."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def furnish(staff: list[Staff], outside: str, sms_secret: str) -> tuple[dict[str, str], dict[str, str]]:
    """City, accounts, agencies, endpoints and the secret shared with the SMS gateway. This process is part of the desk.

    Gives the secrets of the endpoints at ``outside``, and of the agencies.
    """
    from chalicelib.desk import cities, endpoints
    from chalicelib.desk.signing_in import open_account
    from chalicelib.storage import settings

    agencies = {name: secret() for name in AGENCIES}
    known = tuple(Agency(name, Name(name, name), key, "petitions") for name, key in agencies.items())
    settings.save_city(replace(default_city(), agencies=known))
    cities.refreshed()
    for person in staff:
        open_account(person, PASSWORD)
    rotate(SecretName.SMS, sms_secret, datetime.now(UTC))
    made = {
        name: endpoints.add_endpoint({"name": name, "url": f"{outside}/hooks/{name}", **dict.fromkeys(types, "yes")})
        for name, types in ENDPOINTS.items()
    }
    return {name: endpoint.secret for name, endpoint in made.items()}, agencies


def settle() -> None:
    """Wait until the deployment's own message, by which S3 tries its way, is out of the queue. Raises NotStarted."""
    until = time.monotonic() + SETTLES_WITHIN
    while (lying := queues()).visible or lying.in_flight:
        if time.monotonic() > until:
            raise NotStarted(f"after the deployment {lying.visible + lying.in_flight} messages lie in the queues")
        time.sleep(0.5)


def divert(engine: Engine, proxy: str, sms: dict[str, str]) -> None:
    """Have every function speak to ``proxy`` instead of AWS, and send its SMS by ``sms``."""
    functions = client(engine, "lambda")
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            variables = function["Environment"]["Variables"]
            functions.update_function_configuration(
                FunctionName=function["FunctionName"],
                Environment={"Variables": {**variables, **sms, "AWS_ENDPOINT_URL": proxy}},
            )


def bound(engine: Engine, stack: Stack) -> None:
    """Let messages come again sooner, and no more functions run at once than this machine has room for."""
    sqs, functions = client(engine, "sqs"), client(engine, "lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": AT_ONCE})
    for output, seconds in HIDDEN.items():
        sqs.set_queue_attributes(QueueUrl=stack.outputs[output], Attributes={"VisibilityTimeout": str(seconds)})


def become_part_of(stack: Stack, sms: dict[str, str]) -> None:
    """This process is part of the desk from now on, past the proxy."""
    from chalicelib.config import config
    from chalicelib.desk.vault import vault
    from chalicelib.gateways import aws
    from chalicelib.storage import table

    os.environ.update({**stack.environment, **sms})
    config.cache_clear()
    aws.client.cache_clear()
    vault.cache_clear()
    table.configure()


def sweeper(engine: Engine) -> Sweep:
    """Calls the sweep's function once and waits for it; gives its error, "" for none."""
    patience = Config(read_timeout=SWEEPS_FOR, retries={"total_max_attempts": 1}, region_name=REGION)
    functions = boto3.client("lambda", endpoint_url=engine.url, config=patience, **_KEYS)
    named = [
        one["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for one in page["Functions"]
        if "sweep" in one["FunctionName"].lower()
    ]

    def sweep() -> str:
        event = b'{"version":"0","id":"1","detail-type":"Scheduled Event","source":"aws.events","account":"0",'
        event += b'"time":"2026-01-01T00:00:00Z","region":"cn-north-1","resources":[],"detail":{}}'
        try:
            return str(functions.invoke(FunctionName=named[0], Payload=event).get("FunctionError", ""))
        except BotoCoreError as error:  # the engine gave no answer: the next sweep comes all the same
            return type(error).__name__

    return sweep


def patient() -> httpx.AsyncClient:
    """How the front speaks to the stack."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(WAITS, pool=None),
        limits=httpx.Limits(max_connections=REQUESTS_AT_ONCE),
        trust_env=False,
    )


async def warm(origin: str) -> None:
    """Start as many processes as requests may run at once: a soak begins in the middle of a day."""
    async with httpx.AsyncClient(base_url=origin, timeout=120, trust_env=False) as visitor:
        for _ in range(2):
            await asyncio.gather(*(visitor.get("/api/desk") for _ in range(REQUESTS_AT_ONCE)))


class _Server(uvicorn.Server):
    """One of several in a process, which ends them in its own order: the signals are not this one's."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@asynccontextmanager
async def served(application: Starlette, port: int) -> AsyncIterator[None]:
    """Serve an application at 127.0.0.1:``port``."""
    server = _Server(
        uvicorn.Config(
            application,
            host="127.0.0.1",
            port=port,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
            lifespan="off",
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await task
