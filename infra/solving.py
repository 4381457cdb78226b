"""How a program does the work that a public form costs: by ALTCHA's own library, as a browser does it.

A form is sent with its ``proof``. Get both by::

    form = with_proof("submission", form, lambda body: client.post(origin + "/api/challenges", json=body).json())
    client.post(origin + "/api/submissions", json=form)
"""

from collections.abc import Callable, Mapping
from typing import Any

CHALLENGES = "/api/challenges"
Asking = Callable[[dict[str, object]], Mapping[str, Any]]


class Unsolved(RuntimeError):
    """No solution was found, or no challenge was got."""


def with_proof(purpose: str, form: Mapping[str, Any], ask: Asking) -> dict[str, Any]:
    """``form`` with the proof for its key. ``purpose``: "submission", "booking" or "talk"; ``ask``: POSTs a body to
    ``/api/challenges`` and gives its JSON. Raises Unsolved.
    """
    return {**form, "proof": solved(ask({"purpose": purpose, "key": form["key"]}))}


def solved(told: Mapping[str, Any]) -> str:
    """The proof for what ``/api/challenges`` told; "" where the office asks for none. Raises Unsolved."""
    if "work" not in told:
        raise Unsolved(f"no challenge: {told}")
    if told["work"] is None:
        return ""
    from altcha import Challenge, Payload, solve_challenge

    challenge = Challenge.from_dict({name: told["work"][name] for name in ("parameters", "signature")})
    solution = solve_challenge(challenge)
    if solution is None:
        raise Unsolved("no solution in a minute and a half")
    return Payload(challenge, solution).to_base64()
