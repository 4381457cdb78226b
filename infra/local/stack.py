"""The one CloudFormation stack, on ministack: the same template and the same zip as on AWS."""

import mimetypes
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

from infra.local.engine import CREDENTIALS, REGION, Engine
from infra.outputs import outputs_of, settings_of
from infra.package import Package

NAME = "sunlight"
CODE_BUCKET = "sunlight-code"
DEPLOYS_WITHIN = 120  # seconds


class NotDeployed(RuntimeError):
    """CloudFormation refused the stack. The message holds its reasons."""


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


def deploy(engine: Engine, package: Package, origin: str, fingerprint: str) -> Stack:
    """The stack as ``package`` describes it: made, changed, or, when ``fingerprint`` is deployed already, left alone.

    Raises NotDeployed.
    """
    formation = client(engine, "cloudformation")
    wanted = f"{fingerprint}@{origin}"
    status, outputs, tags = _described(formation)
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and tags.get("fingerprint") == wanted:
        return Stack(outputs, engine.url, origin)
    request = {
        "StackName": NAME,
        "TemplateURL": _uploaded(engine, package, fingerprint),
        "Parameters": [
            {"ParameterKey": "DeskStage", "ParameterValue": "local"},
            {"ParameterKey": "PublicOrigin", "ParameterValue": origin},
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": "fingerprint", "Value": wanted}],
    }
    if status is not None and status.endswith(("CREATE_FAILED", "ROLLBACK_COMPLETE")) and not outputs:
        formation.delete_stack(StackName=NAME)  # what never came to be cannot be changed
        formation.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        status = None
    if status is None:
        formation.create_stack(**request)
    else:
        formation.update_stack(**request)
    stack = Stack(_completed(formation), engine.url, origin)
    _complete_gateway(engine, stack, package)
    _forget_older_code(engine, fingerprint)
    return stack


def _uploaded(engine: Engine, package: Package, fingerprint: str) -> str:
    """The address of the template, which is too long for a request, with the zip beside it."""
    storage = client(engine, "s3")
    with suppress(storage.exceptions.BucketAlreadyOwnedByYou):
        storage.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    storage.upload_file(str(package.code), CODE_BUCKET, f"{fingerprint}.zip")
    template = package.template.read_text(encoding="utf-8")
    template = template.replace("CodeUri: ./deployment.zip", f"CodeUri: s3://{CODE_BUCKET}/{fingerprint}.zip")
    storage.put_object(Bucket=CODE_BUCKET, Key=f"{fingerprint}.yaml", Body=template.encode("utf-8"))
    return f"{engine.url}/{CODE_BUCKET}/{fingerprint}.yaml"


def _complete_gateway(engine: Engine, stack: Stack, package: Package) -> None:
    """Put in place what ministack overlooks in an API's definition: the gateway's own answers."""
    made = yaml.safe_load(package.template.read_text(encoding="utf-8"))
    definition = made["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    gateway, api = client(engine, "apigateway"), stack.outputs["RestAPIId"]
    for kind, answer in definition["x-amazon-apigateway-gateway-responses"].items():
        gateway.put_gateway_response(restApiId=api, responseType=kind, **answer)
    gateway.create_deployment(restApiId=api, stageName="desk")


def _forget_older_code(engine: Engine, fingerprint: str) -> None:
    """Every change puts another zip beside the one in use."""
    storage = client(engine, "s3")
    for entry in storage.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", []):
        if not entry["Key"].startswith(fingerprint):
            storage.delete_object(Bucket=CODE_BUCKET, Key=entry["Key"])


def _described(formation: Any) -> tuple[str | None, dict[str, str], dict[str, str]]:
    try:
        stack = formation.describe_stacks(StackName=NAME)["Stacks"][0]
    except formation.exceptions.ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None, {}, {}
    if stack["StackStatus"] == "DELETE_COMPLETE":
        return None, {}, {}
    return stack["StackStatus"], outputs_of(stack), {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}


def _completed(formation: Any) -> dict[str, str]:
    until = time.monotonic() + DEPLOYS_WITHIN
    while time.monotonic() < until:
        status, outputs, _ = _described(formation)
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return outputs
        if status is None or status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
            break
        time.sleep(0.2)
    events = formation.describe_stack_events(StackName=NAME)["StackEvents"]
    reasons = [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
    ]
    raise NotDeployed("the stack was not deployed:\n  " + "\n  ".join(reasons or ["it took too long"]))


def upload_site(engine: Engine, stack: Stack, site: Path) -> None:
    """Put the built site into its bucket, as a deployment does."""
    storage = client(engine, "s3")
    for file in sorted(site.rglob("*")):
        if file.is_file():
            content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            if content_type.startswith("text/"):
                content_type += "; charset=utf-8"
            storage.upload_file(
                str(file),
                stack.outputs["SiteBucketName"],
                file.relative_to(site).as_posix(),
                ExtraArgs={"ContentType": content_type},
            )
