"""Sets and rotates the secrets that a desk shares with others, and wraps its own key anew.

``python -m infra.secrets --stack NAME list|set SECRET|rewrap``, with the credentials of AWS's own tools.
"""

import argparse
import getpass
import secrets as chance
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime, timedelta

from chalicelib.gateways import kms, secrets
from chalicelib.gateways.secrets import Name, Secret
from chalicelib.storage import settings
from infra.office import NotSet, answered

BOTH_HOLD = timedelta(days=7)  # for whoever shares it, to change theirs
BYTES = 32  # of a secret that is made here
LEAST = 24  # bytes, as Standard Webhooks asks


def main() -> int:
    """Do what the command line says; 0 when it was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.secrets", description=__doc__)
    parser.add_argument("--stack", required=True, help="the name of the CloudFormation stack")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="which are set, and since when two hold; no value is shown")
    one = commands.add_parser("set", help="set or rotate one; the value is asked for, and made when none is given")
    one.add_argument("name", choices=[name.value for name in Name])
    commands.add_parser("rewrap", help="wrap the desk's own key anew, under the newest material of KMS's")
    chosen = parser.parse_args()
    return answered(chosen.stack, lambda: _done(chosen, datetime.now(UTC)))


def _done(chosen: argparse.Namespace, now: datetime) -> str:
    if chosen.command == "list":
        return standing(now)
    if chosen.command == "set":
        return rotate(Name(chosen.name), getpass.getpass("the new secret, whsec_… (empty: make one): "), now)
    return rewrap()


def standing(at: datetime) -> str:
    """Which secrets are set, without their values."""
    known = secrets.read()
    return "\n".join(f"{name}: {_words(known.get(name, Secret()), at)}" for name in Name)


def rotate(name: Name, given: str, at: datetime) -> str:
    """Make ``given`` the secret ``name``, or one made by chance; the one before holds a week longer.

    Raises NotSet for one that is not of Standard Webhooks' form.
    """
    new = given.strip() or f"whsec_{b64encode(chance.token_bytes(BYTES)).decode()}"
    _check(new)
    known = secrets.read()
    before = known.get(name, Secret())
    if before.current == new:
        return f"{name} is that already"
    secrets.write({**known, name: before.rotated(new, at + BOTH_HOLD)})
    secrets.forget()
    told = "" if given.strip() else f"\n{new}\nGive it to whoever shares it; it is not shown again."
    return f"{name} is set; {_words(secrets.read()[name], at)}.{told}"


def rewrap() -> str:
    """Wrap the desk's own key anew, under the newest material of the key that wraps it. What it encrypts stays as it
    is. Raises NotSet before the desk was first used.
    """
    wrapped = settings.load_wrapped_key()
    if wrapped is None:
        raise NotSet("this desk has made no key yet")
    again = kms.rewrapped(wrapped)
    if kms.unwrap(again) != kms.unwrap(wrapped):
        raise NotSet("what came back opens to another key")
    settings.replace_wrapped_key(wrapped, again)
    return "the desk's key is wrapped anew"


def _check(secret: str) -> None:
    try:
        long_enough = len(b64decode(secret.removeprefix("whsec_"), validate=True)) >= LEAST
    except NotBase64:
        long_enough = False
    if not secret.startswith("whsec_") or not long_enough:
        raise NotSet(f"a secret is whsec_ and at least {LEAST} bytes in Base64")


def _words(secret: Secret, at: datetime) -> str:
    held = secret.valid(at)
    if not held:
        return "none is set"
    until = secret.previous_until
    return f"one holds, and the one before until {until:%Y-%m-%d %H:%M} UTC" if len(held) > 1 and until else "one holds"


if __name__ == "__main__":
    raise SystemExit(main())
