"""Putting a release in force: what would change is shown, refused or asked for, done, and written down."""

import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from infra.deploy import NotDeployed, formation, pages
from infra.deploy.account import Account
from infra.deploy.changes import index_refusals, refusals
from infra.deploy.formation import ChangeSet, Standing
from infra.deploy.parameters import ORIGIN, check_parameters, declared, parameters_changed, values
from infra.deploy.reading import with_code
from infra.deploy.stages import Stage, check_place
from infra.deploy.store import Deployment, Release, Store, new_id, open_store
from infra.package import ROOT, Package

UNNAMED = "https://unnamed.invalid"  # while nobody knows the CDN's name, which its making gives


class Order(Struct, frozen=True):
    """What is wanted, and by whom it is said and asked. ``allow``: resources that may be lost. ``desk``: DeskStage."""

    stage: Stage
    say: Callable[[str], None]
    ask: Callable[[str], bool]
    allow: frozenset[str] = frozenset()
    desk: str = "production"


def release(account: Account, order: Order, package: Package) -> tuple[Store, Release]:
    """Bring a package and the site of these sources into the code bucket. Raises NotDeployed before anything is sent
    for a stage that is not set right, a caller in the wrong place, a stack that cannot be changed now.
    """
    check_place(order.stage, account)
    template = package.template_of(account.partition)
    check_parameters(order.stage, declared(template.read_text(encoding="utf-8")), account.partition)
    formation.check_ready(formation.standing(account, order.stage.stack))
    store = open_store(account, order.stage.code_bucket)
    code = store.keep_file(package.code, "code")
    text = with_code(template, store.bucket, code)
    with tempfile.TemporaryDirectory(prefix="sunlight-site-") as folder:
        site = store.keep_file(pages.pack_site(Path(folder) / "site.zip"), "sites")
    return store, Release(code, store.keep_text(text, "templates", ".yaml"), site, revision())


def revision() -> str:
    """Git's name of these sources, with a star for what is not committed; "" outside git."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=*", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() if told.returncode == 0 else ""


def bring(account: Account, store: Store, order: Order, wanted: Release, back_to: str = "") -> Standing:
    """Put ``wanted`` in force: the stack, then the site; the stack as it stands then.

    Raises NotDeployed when it is refused, not wanted, or fails; a stack that failed to change is as it was before.
    """
    stack = formation.standing(account, order.stage.stack)
    formation.check_ready(stack)
    template = store.read(wanted.template).decode("utf-8")
    if stack.there and (faults := index_refusals(formation.template_of(account, stack), template)):
        raise NotDeployed("\n  ".join(["the indexes cannot become so in one deployment:", *faults]))
    named = _named(order.stage, stack, template)
    now = _changed(account, store, replace(order, stage=named), stack, wanted, template)
    if named.parameters.get(ORIGIN) == UNNAMED:
        order.say("the CDN has its name now; the functions are told of it:")
        named = _named(order.stage, now, template)
        now = _changed(account, store, replace(order, stage=named, ask=lambda _: True), now, wanted, template)
    _note(account, store, named, wanted, back_to)
    _lay_out_site(account, store, order, now, wanted)
    return now


def _named(stage: Stage, stack: Standing, template: str) -> Stage:
    """The stage with the one address of its desk: its own, else the CDN's."""
    if ORIGIN not in declared(template) or ORIGIN in stage.parameters:
        return stage
    domain = stack.outputs.get("FrontDomain")
    return replace(stage, parameters={**stage.parameters, ORIGIN: f"https://{domain}" if domain else UNNAMED})


def _changed(account: Account, store: Store, order: Order, stack: Standing, wanted: Release, template: str) -> Standing:
    """The stack after one change set, or as it is when there is nothing to change."""
    asked = declared(template)
    given = values(order.stage, asked, stack.parameters if stack.there else {}, order.desk)
    proposed = formation.propose(account, stack, store.address(wanted.template), given)
    if proposed is None:
        order.say(f"{stack.name}: nothing changes in the stack.")
        return stack
    changed = parameters_changed(given, asked, stack.parameters if stack.there else {})
    order.say(in_words(proposed, changed))
    try:
        if faults := refusals(proposed.changes, order.allow):
            raise NotDeployed("\n  ".join(["this is not done:", *faults]))
        if not order.ask(f"{'Make' if proposed.first else 'Change'} {stack.name} so?"):
            raise NotDeployed("nothing was done.")
    except BaseException:  # Ctrl-C at the question too
        formation.drop(account, proposed)
        raise
    return formation.execute(account, proposed, order.say)


def in_words(proposed: ChangeSet, parameters: list[tuple[str, str, str]]) -> str:
    """What would be done, for a person."""
    how = "would be made" if proposed.first else "would change"
    lines = [f"{proposed.stack.name} {how}: {len(proposed.changes)} resources"]
    lines += [f"  {name}: {before or 'nothing'} → {after or 'nothing'}" for name, before, after in parameters]
    return "\n".join([*lines, *(f"  {change.words}" for change in proposed.changes)])


def _note(account: Account, store: Store, stage: Stage, wanted: Release, back_to: str) -> None:
    """Write down that ``wanted`` is in force, unless that is what was written last."""
    known = store.latest(stage.stack)
    if known is not None and (known.release, known.parameters) == (wanted, stage.parameters) and not back_to:
        return
    at = datetime.now(UTC)
    store.note(Deployment(new_id(at), at, account.who, stage.stack, wanted, stage.parameters, back_to))


def _lay_out_site(account: Account, store: Store, order: Order, stack: Standing, wanted: Release) -> None:
    with tempfile.TemporaryDirectory(prefix="sunlight-site-") as place:
        packed, folder = Path(place) / "site.zip", Path(place) / "site"
        packed.write_bytes(store.read(wanted.site))
        pages.unpack_site(packed, folder)
        files = pages.lay_out(account, stack.outputs["SiteBucketName"], folder)
    order.say(f"site: {files} files in {stack.outputs['SiteBucketName']}")
    for distribution in pages.forget_in_cdn(account, stack.name):
        order.say(f"CDN: {distribution} asks for every page anew")


def before(deployments: list[Deployment], chosen: str | None) -> Deployment:
    """The deployment to go back to: the one named, else the last whose release is not the one in force.

    Raises NotDeployed when there is none.
    """
    if not deployments:
        raise NotDeployed("nothing was deployed to this stage by this command: there is nothing to go back to")
    if chosen is not None:
        for one in deployments:
            if one.id == chosen:
                return one
        raise NotDeployed(f"TO={chosen}: there is no such deployment; `make deployments` lists them")
    now = deployments[0].release
    for one in deployments[1:]:
        if not one.release.same_as(now):
            return one
    raise NotDeployed("every deployment so far was of the release in force: there is nothing to go back to")


def go_back(account: Account, order: Order, chosen: str | None) -> Standing:
    """Put an earlier release in force again, with the settings of today. Raises NotDeployed."""
    check_place(order.stage, account)
    store = open_store(account, order.stage.code_bucket)
    target = before(store.deployments(order.stage.stack), chosen)
    asked = declared(store.read(target.release.template).decode("utf-8"))
    unknown = sorted(set(order.stage.parameters) - set(asked))
    if unknown:
        order.say(f"the earlier release knows nothing of {', '.join(unknown)}: left out")
    known = {name: value for name, value in order.stage.parameters.items() if name in asked}
    earlier = replace(order, stage=replace(order.stage, parameters=known))
    check_parameters(earlier.stage, asked, account.partition)
    order.say(
        f"back to {target.id}, of {target.at.astimezone():%Y-%m-%d %H:%M}, {target.release.revision or 'no revision'}"
    )
    return bring(account, store, earlier, target.release, back_to=target.id)
