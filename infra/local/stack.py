"""The one CloudFormation stack, on ministack: the same template and the same zip as on AWS."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from msgspec.structs import replace

from infra.deploy import formation, rollout
from infra.deploy.account import Account, account_of, in_words
from infra.deploy.parameters import ORIGIN
from infra.deploy.reading import parsed
from infra.deploy.rollout import Order
from infra.deploy.stages import Stage
from infra.deploy.store import Deployment, Release
from infra.local.engine import CREDENTIALS, REGION, Engine
from infra.outputs import settings_of
from infra.package import Package

NAME = "sunlight"
OURS = Stage("local", NAME, {})
KEPT = 2  # releases: the one in force, and one to go back to


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed desk: what a process needs to be part of it."""

    outputs: dict[str, str]
    engine_url: str
    origin: str

    @property
    def api(self) -> str:
        """Where the functions' routes answer, without a slash at the end."""
        return f"{self.engine_url}/_aws/execute-api/{self.outputs['RestAPIId']}/desk"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of ``chalicelib.config``, as the functions have them, and the way to the engine."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.engine_url,
            **settings_of(self.outputs, "local", self.origin),
            "SUNLIGHT_LOOPBACK_WEBHOOKS": "yes",
        }


def client(engine: Engine, service: str) -> Any:
    """A boto3 client of the engine's ``service``."""
    return boto3.client(
        service,
        endpoint_url=engine.url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def account(engine: Engine) -> Account:
    """The engine as the account that is deployed to. Its ARNs are those of "aws", whatever its region is called."""
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    return dataclasses.replace(account_of(session, engine.url), partition="aws")


def order_of(stage: Stage, origin: str, say: Callable[[str], None]) -> Order:
    """``stage`` on this machine: at the front's address, nothing sent to anybody, nobody asked."""
    here = {**stage.parameters, ORIGIN: origin, "Sms": "record"}
    return Order(replace(stage, parameters=here, account=None, region=None), say, lambda _: True, desk="local")


def deploy(engine: Engine, package: Package, order: Order) -> Stack:
    """The stack as ``package`` describes it: made, changed, or left alone when it is so already. Raises NotDeployed."""
    here = account(engine)
    with in_words(here.region):
        _clear_away(here, order.stage.stack)
        store, wanted = rollout.release(here, order, package)
        standing = formation.standing(here, order.stage.stack)
        if standing.there and _is_in_force(store.latest(order.stage.stack), wanted, order):
            return Stack(standing.outputs, engine.url, order.stage.parameters[ORIGIN])
        standing = rollout.bring(here, store, order, wanted)
        stack = Stack(standing.outputs, engine.url, order.stage.parameters[ORIGIN])
        _complete_gateway(engine, stack, store.read(wanted.template).decode("utf-8"))
        releases = [one.release for one in store.deployments(order.stage.stack)[:KEPT]]
        store.forget_all_but({key for one in releases for key in (one.code, one.template, one.site)})
    return stack


def _is_in_force(known: Deployment | None, wanted: Release, order: Order) -> bool:
    """Whether nothing has to be asked: it is what was put in force last. A desk of one machine starts sooner by it."""
    return known is not None and known.release.same_as(wanted) and known.parameters == order.stage.parameters


def _clear_away(here: Account, name: str) -> None:
    """What never came to be cannot be changed."""
    standing = formation.standing(here, name)
    if (standing.status or "").endswith(("CREATE_FAILED", "ROLLBACK_COMPLETE")) and not standing.outputs:
        formations = here.client("cloudformation")
        formations.delete_stack(StackName=name)
        formations.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def _complete_gateway(engine: Engine, stack: Stack, template: str) -> None:
    """Put in place what ministack overlooks in an API's definition: the gateway's own answers."""
    definition = parsed(template)["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    gateway, api = client(engine, "apigateway"), stack.outputs["RestAPIId"]
    for kind, answer in definition["x-amazon-apigateway-gateway-responses"].items():
        gateway.put_gateway_response(restApiId=api, responseType=kind, **answer)
    gateway.create_deployment(restApiId=api, stageName="desk")
