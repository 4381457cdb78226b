"""``python -m infra.deploy package|deploy|rollback|deployments STAGE``: docs/deploy.md.

In the environment: ``YES=yes`` asks nothing, ``ALLOW=Name,…`` names what may be removed or replaced.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from infra.deploy import NotDeployed, looking, rollout
from infra.deploy.account import Account, callers_account, in_words
from infra.deploy.formation import Standing
from infra.deploy.parameters import ORIGIN
from infra.deploy.rollout import Order
from infra.deploy.stages import check_name, load_stage
from infra.deploy.store import open_store
from infra.migrations import running
from infra.office import become_part_of
from infra.package import CHINA, ROOT, Package
from infra.package import package as make_package

INTERRUPTED = 130


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("package", "template and zip in build/package/STAGE"),
        ("deploy", "put these sources in force"),
        ("rollback", "put the release before in force again"),
        ("deployments", "list what was put in force, and when"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("stage")
        if name == "rollback":
            command.add_argument("--to", help="the deployment to go back to, as `deployments` names it")
    chosen = parser.parse_args()
    try:
        COMMANDS[chosen.command](chosen)
    except NotDeployed as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"`{' '.join(map(str, error.cmd))}` failed; its words are above", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped. What CloudFormation has begun goes on by itself.", file=sys.stderr)
        return INTERRUPTED
    return 0


def package(chosen: argparse.Namespace) -> None:
    """Leave template and zip in build/package/STAGE. The stage need have no file yet."""
    made = _packaged(chosen.stage)
    print(f"{made.template}\n{made.code}  {made.code.stat().st_size / 2**20:.1f} MB")


def _packaged(stage: str) -> Package:
    if stage:
        check_name(stage)
    return make_package(ROOT / "build" / "package" / stage)


def deploy(chosen: argparse.Namespace) -> None:
    """Put these sources in force."""
    order = _order(chosen.stage)
    account = callers_account()
    made = _packaged(chosen.stage)
    with in_words(account.region):
        order.say(f"{order.stage.stack} in {account.region} of account {account.number}, as {account.who}")
        store, release = rollout.release(account, order, made)
        stack = rollout.bring(account, store, order, release)
        _look_at_schema(chosen.stage, stack)
        _told(account, order, stack)


def rollback(chosen: argparse.Namespace) -> None:
    """Put an earlier release in force again."""
    order = _order(chosen.stage)
    account = callers_account()
    with in_words(account.region):
        _told(account, order, rollout.go_back(account, order, chosen.to))


def deployments(chosen: argparse.Namespace) -> None:
    """List what was put in force, latest first."""
    stage = load_stage(chosen.stage)
    account = callers_account()
    with in_words(account.region):
        found = open_store(account, stage.code_bucket).deployments(stage.stack)
    if not found:
        print(f"nothing was deployed to {stage.name} yet")
    for number, one in enumerate(found):
        standing = "in force" if number == 0 else f"back to {one.back_to}" if one.back_to else ""
        release = one.release
        print(
            f"{one.id}  {one.at.astimezone():%Y-%m-%d %H:%M}  {release.revision or '-':<12} "
            f"code {release.code[5:13]}  template {release.template[10:18]}  {one.by}  {standing}".rstrip()
        )


def _order(name: str) -> Order:
    allowed = frozenset(filter(None, os.environ.get("ALLOW", "").replace(",", " ").split()))
    return Order(load_stage(name), print, _asker(), allowed)


def _asker() -> Callable[[str], bool]:
    if os.environ.get("YES") == "yes":
        return lambda question: True

    def ask(question: str) -> bool:
        if not sys.stdin.isatty():
            raise NotDeployed("nobody can be asked here, and nothing was done: YES=yes says yes beforehand")
        return input(f"{question} [yes/no] ").strip().lower() in ("y", "yes")

    return ask


def _look_at_schema(stage: str, stack: Standing) -> None:
    """Say what of the table's items older releases wrote; a new table has none."""
    become_part_of(stack.name)
    if running.is_empty():
        running.begin()
    elif waiting := running.waiting():
        print(f"{len(waiting)} migrations wait: make migrate STAGE={stage}  (docs/deploy.md; the desk works meanwhile)")


def _told(account: Account, order: Order, stack: Standing) -> None:
    """The outputs, what is left to do, and a look. Raises NotDeployed when the desk does not answer."""
    for name, value in sorted(stack.outputs.items()):
        print(f"  {name:<24} {value}")
    origin = order.stage.parameters.get(ORIGIN, "")
    if account.partition == CHINA and "FrontDomain" not in stack.outputs:
        print("Nobody comes to it yet: the CDN is made once IamCertificateId names the certificate of its address.")
        return
    if faults := looking.faults(looking.addresses(stack.outputs, origin)):
        front = stack.outputs.get("FrontDomain")
        name = f"\nA name of your own needs a CNAME to {front}" if origin and front else ""
        raise NotDeployed("\n  ".join(["deployed, but the desk does not answer yet:", *faults]) + name)
    print(f"{order.stage.stack} answers: {origin or 'https://' + stack.outputs.get('FrontDomain', '')}")


COMMANDS = {"package": package, "deploy": deploy, "rollback": rollback, "deployments": deployments}

if __name__ == "__main__":
    sys.exit(main())
