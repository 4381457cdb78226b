"""The stack and its change sets: how it stands, what would change, and doing it while somebody looks on."""

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct
from tqdm import tqdm

from infra.deploy import NotDeployed
from infra.deploy.account import Account
from infra.deploy.changes import Change, read_changes
from infra.outputs import outputs_of

LOOKS_EVERY = 2.0  # seconds; of the local engine a tenth of it
CHANGE_SET_WITHIN = 300.0  # seconds
LOST_FOR = 180.0  # seconds in which nobody answers, until we stop asking
NOTHING_CHANGES = ("didn't contain changes", "No updates are to be performed")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Standing(Struct, frozen=True):
    """How a stack stands. ``status``: None for one that is not there. ``known_as``: its id."""

    name: str
    status: str | None = None
    known_as: str = ""
    outputs: dict[str, str] = {}
    parameters: dict[str, str] = {}  # of secrets only stars

    @property
    def there(self) -> bool:
        """Whether there is something to change; else it is to be made."""
        return self.status not in (None, "DELETE_COMPLETE", "REVIEW_IN_PROGRESS")


class ChangeSet(Struct, frozen=True):
    """What would be done. ``first``: the stack would be made by it."""

    id: str
    stack: Standing
    changes: tuple[Change, ...]

    @property
    def first(self) -> bool:
        """Whether the stack would be made by it."""
        return not self.stack.there


def standing(account: Account, name: str) -> Standing:
    """How the stack ``name`` stands now."""
    try:
        described = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return Standing(name)
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in described.get("Parameters", [])}
    return Standing(name, described["StackStatus"], described["StackId"], outputs_of(described), parameters)


def check_ready(stack: Standing) -> None:
    """Raises NotDeployed with what to do when the stack cannot be changed now."""
    status = stack.status or ""
    if status in ("ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"):
        raise NotDeployed(
            f"the first making of {stack.name} failed and it stands in {status}, which nothing can change. It holds "
            f"nothing: `aws cloudformation delete-stack --stack-name {stack.name}`, and when it is gone deploy again"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise NotDeployed(
            f"{stack.name} could not be put back as it was. Mend what its events name, then "
            f"`aws cloudformation continue-update-rollback --stack-name {stack.name}`"
        )
    if status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        raise NotDeployed(
            f"somebody is at work on {stack.name} ({status}), perhaps an earlier run of this command: again when that "
            "is done"
        )


def propose(account: Account, stack: Standing, template_url: str, parameters: list[dict[str, Any]]) -> ChangeSet | None:
    """The change set by which ``stack`` becomes what the template says; None when it is so already.

    Raises NotDeployed with CloudFormation's reason when it cannot be made.
    """
    client = account.client("cloudformation")
    made = client.create_change_set(
        StackName=stack.name,
        ChangeSetName=f"deploy-{datetime.now(UTC):%Y%m%d%H%M%S%f}",
        ChangeSetType="UPDATE" if stack.there else "CREATE",
        TemplateURL=template_url,
        Parameters=parameters,
        Capabilities=CAPABILITIES,
    )
    described = _described(account, made["Id"])
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason", "")
        client.delete_change_set(ChangeSetName=made["Id"])
        if any(words in reason for words in NOTHING_CHANGES):
            return None
        raise NotDeployed(f"CloudFormation cannot make {stack.name} so: {reason}")
    return ChangeSet(made["Id"], stack, tuple(read_changes(described["Changes"])))


def _described(account: Account, change_set: str) -> Mapping[str, Any]:
    """The change set when it is ready, with the changes of all its pages."""
    client, until = account.client("cloudformation"), time.monotonic() + CHANGE_SET_WITHIN
    while time.monotonic() < until:
        described: dict[str, Any] = client.describe_change_set(ChangeSetName=change_set)
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            changes, page = list(described.get("Changes", [])), described
            while token := page.get("NextToken"):
                page = client.describe_change_set(ChangeSetName=change_set, NextToken=token)
                changes += page["Changes"]
            return {**described, "Changes": changes}
        _wait(account)
    raise NotDeployed(f"CloudFormation has not said in {CHANGE_SET_WITHIN:.0f} s what would change: again in a while")


def drop(account: Account, proposed: ChangeSet) -> None:
    """Nobody wants it. A stack that was to be made by it is nothing yet and goes too."""
    client = account.client("cloudformation")
    client.delete_change_set(ChangeSetName=proposed.id)
    if proposed.first:
        client.delete_stack(StackName=proposed.stack.name)


def execute(account: Account, proposed: ChangeSet, say: Callable[[str], None]) -> Standing:
    """Do it, telling each step as it comes; the stack as it stands then. Raises NotDeployed with what failed."""
    client, name = account.client("cloudformation"), proposed.stack.name
    begun = datetime.now(UTC)
    seen = {event["EventId"] for event in _events(account, name)}
    try:
        client.execute_change_set(ChangeSetName=proposed.id)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidChangeSetStatus", "ChangeSetNotFound"):
            raise NotDeployed(f"somebody else has changed {name} meanwhile: look again at what would change") from error
        raise
    failures = _look_on(account, proposed, seen, say)
    now = standing(account, name)
    if now.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        told = failures or [f"it stands in {now.status} since {begun:%H:%M} UTC"]
        undone = " What was there before is in force again." if now.status == "UPDATE_ROLLBACK_COMPLETE" else ""
        raise NotDeployed("\n  ".join([f"{name} was not deployed.{undone} What failed:", *told]))
    return now


def _look_on(account: Account, proposed: ChangeSet, seen: set[str], say: Callable[[str], None]) -> list[str]:
    """Tell what happens until the stack is at rest; gives what failed. A lost line is waited for."""
    waiting = {change.name for change in proposed.changes}
    failures: list[str] = []
    with tqdm(total=len(waiting), unit="", dynamic_ncols=True, leave=False, disable=None) as bar:
        for news in _news(account, proposed.stack.name, seen, say):
            latest = {event["LogicalResourceId"]: event for event in news}
            for event in latest.values():  # of what is made between two looks, its end only
                with tqdm.external_write_mode():
                    say(_line(event))
            failures += [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason') or event['ResourceStatus']}"
                for event in news
                if event["ResourceStatus"].endswith(("_FAILED", "ROLLBACK_IN_PROGRESS"))
            ]
            done = {name for name, event in latest.items() if event["ResourceStatus"].endswith("_COMPLETE")} & waiting
            waiting -= done
            bar.update(len(done))
    return failures


def _news(account: Account, name: str, seen: set[str], say: Callable[[str], None]) -> Iterator[list[Mapping[str, Any]]]:
    """What has happened since the last look, earliest first, until the stack has come to rest."""
    heard = time.monotonic()
    ended = False
    while not ended:
        try:
            news = _events(account, name, seen)
        except BotoCoreError:
            if time.monotonic() - heard > LOST_FOR:
                raise
            say("the line is lost; CloudFormation goes on by itself …")
            _wait(account)
            continue
        heard = time.monotonic()
        seen |= {event["EventId"] for event in news}
        ended = any(_ends(event) for event in news)
        yield news[::-1]
        if not ended:
            _wait(account)


def _ends(event: Mapping[str, Any]) -> bool:
    """Whether it is the stack's own last word. Its status alone would not do: at first it is still that of before."""
    return event["PhysicalResourceId"] == event["StackId"] and not event["ResourceStatus"].endswith("_IN_PROGRESS")


def _events(account: Account, name: str, seen: Container[str] = ()) -> list[Mapping[str, Any]]:
    """The stack's events, latest first, down to the first that was ``seen``; a page holds a hundred."""
    found: list[Mapping[str, Any]] = []
    for page in account.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=name):
        new = [event for event in page["StackEvents"] if event["EventId"] not in seen]
        found += new
        if len(new) < len(page["StackEvents"]):
            break
    return found


def _line(event: Mapping[str, Any]) -> str:
    reason = f"  {event['ResourceStatusReason']}" if event.get("ResourceStatusReason") else ""
    at = event["Timestamp"].astimezone()
    return f"  {at:%H:%M:%S}  {event['ResourceStatus'].lower():<28} {event['LogicalResourceId']}{reason}"


def _wait(account: Account) -> None:
    time.sleep(LOOKS_EVERY if account.endpoint is None else LOOKS_EVERY / 10)


def template_of(account: Account, stack: Standing) -> str:
    """The template that the stack was last given, as YAML text."""
    body = account.client("cloudformation").get_template(StackName=stack.name, TemplateStage="Original")["TemplateBody"]
    if not isinstance(body, str):
        raise NotDeployed(f"{stack.name} was made by other tools: its template is not ours")
    return body


def resources_of(account: Account, stack: str, kind: str) -> Iterator[str]:
    """The physical ids of the stack's resources of one type."""
    pages: Iterable[Mapping[str, Any]] = (
        account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    )
    for page in pages:
        yield from (one["PhysicalResourceId"] for one in page["StackResourceSummaries"] if one["ResourceType"] == kind)
