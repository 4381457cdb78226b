"""What a change set would do, in words, and what of it nobody does by accident."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from infra.deploy.reading import parsed

KEEPS = {
    "AWS::DynamoDB::Table": "the table with all cases",
    "AWS::DynamoDB::GlobalTable": "the table with all cases",
    "AWS::KMS::Key": "a key, without which nothing under it can be read",
    "AWS::S3::Bucket": "a bucket with its files",
    "AWS::SecretsManager::Secret": "a secret",
    "AWS::Backup::BackupVault": "the vault of the backups",
}
"""Types of what cannot be made again once it is gone."""

MADE_BY_ACTION = {"Add": "added", "Modify": "changed", "Remove": "removed", "Import": "taken in", "Dynamic": "depends"}


class Change(Struct, frozen=True):
    """What happens to one resource. ``replaced``: "True", "Conditional" (it may be) or "False"."""

    action: str
    name: str
    kind: str
    replaced: str = "False"
    parts: tuple[str, ...] = ()  # properties and attributes that change
    retained: bool = False  # what is taken from the stack stays in the account

    @property
    def words(self) -> str:
        """One line for a person."""
        if self.replaced == "True":
            done = "REPLACED"
        elif self.replaced == "Conditional":
            done = "changed, PERHAPS REPLACED"
        else:
            done = MADE_BY_ACTION.get(self.action, self.action)
        what = f": {', '.join(self.parts)}" if self.parts else ""
        stays = " (stays in the account, outside the stack)" if self.retained else ""
        return f"{done:<10} {self.name} ({self.kind.removeprefix('AWS::')}){what}{stays}"

    @property
    def loses(self) -> str | None:
        """What would be gone or out of use by it; None for what can be made again."""
        if self.action == "Remove" or self.replaced != "False":
            return KEEPS.get(self.kind)
        return None


def read_changes(described: Iterable[Mapping[str, Any]]) -> list[Change]:
    """The changes as DescribeChangeSet tells them, what is lost first."""
    changes = [_change(one["ResourceChange"]) for one in described if "ResourceChange" in one]
    return sorted(changes, key=lambda one: (one.loses is None, one.replaced == "False", one.action, one.name))


def _change(said: Mapping[str, Any]) -> Change:
    targets = [detail.get("Target", {}) for detail in said.get("Details", [])]
    parts = {target.get("Name") or target.get("Attribute", "") for target in targets}
    return Change(
        said["Action"],
        said["LogicalResourceId"],
        said["ResourceType"],
        said.get("Replacement") or "False",
        tuple(sorted(parts - {""})),
        "Retain" in (said.get("PolicyAction") or ""),
    )


def refusals(changes: Iterable[Change], allowed: Iterable[str]) -> list[str]:
    """Why these changes are not made: what cannot be made again, unless each is named in ``allowed``."""
    named = set(allowed)
    return [
        f"{one.name} would {_fate(one)}, and it is {one.loses}. If that is truly meant: ALLOW={one.name}"
        for one in changes
        if one.loses is not None and one.name not in named
    ]


def _fate(change: Change) -> str:
    if change.action == "Remove":
        return "be removed"
    return "be replaced" if change.replaced == "True" else "perhaps be replaced"


def index_refusals(deployed: str, wanted: str) -> list[str]:
    """Why the tables' indexes cannot become those ``wanted`` in one update; both are templates as YAML text.

    DynamoDB makes or removes one global index an update (UpdateTable, "Global secondary indexes"), and none is changed.
    """
    before, after = _indexes(deployed), _indexes(wanted)
    faults = []
    for table in sorted(before.keys() & after.keys()):
        old, new = before[table], after[table]
        moved = sorted(old.keys() ^ new.keys())
        if len(moved) > 1:
            faults.append(
                f"{table}: {', '.join(moved)}: DynamoDB adds or removes one index at a time. Deploy a template that "
                f"differs by {moved[0]} alone, then the next"
            )
        faults += [
            f"{table}: the index {name} would become another: give the new one a name of its own, and remove the old "
            "one in a later deployment"
            for name in sorted(old.keys() & new.keys())
            if old[name] != new[name]
        ]
    return faults


def _indexes(template: str) -> dict[str, dict[str, Any]]:
    resources = parsed(template).get("Resources", {})
    return {
        name: {index["IndexName"]: _comparable(index) for index in made.get("GlobalSecondaryIndexes", [])}
        for name, resource in resources.items()
        if resource["Type"].startswith("AWS::DynamoDB::") and isinstance(made := resource.get("Properties", {}), dict)
    }


def _comparable(index: Mapping[str, Any]) -> Any:
    projection = index["Projection"]
    return index["KeySchema"], projection["ProjectionType"], sorted(projection.get("NonKeyAttributes", []))
