"""``python -m infra.life``: draws the life of a case from the code into docs/life.md."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from chalicelib.domain.events import Payload
from chalicelib.domain.moves import MOVES, Move
from chalicelib.domain.words import ENDED, Action, Role, State
from chalicelib.web.messages import say
from infra.walk.ways import BESIDE, BY_TIME, RECORDS, STAYS, Way, ways_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "life.md"
FROM_MANY = 3  # a move that leads to one end from more states than this is told below the picture, not drawn in it

OPENING = """# The life of a case

Drawn from the code by `make life`; a test fails when it is not what the code gives. Do not edit it.

A case begins with one submission and lives in one of {states} states. It moves by one of {moves} moves, each a row of
`MOVES` in `chalicelib/domain/moves.py`: the console draws its buttons from these rows, the desk checks by them, and
`make walk` takes random walks through them. A handler or a head moves only what their own unit is in charge of, assists
with, or was asked first about. Where the desk handles a matter itself (直接办理), its clerks take the handlers' steps,
and one of them approves what another drafted.

`make walk N=10000 SEED=1` holds the code to this page: no other way is ever gone, and no other event recorded.

## The picture
"""
BELOW = """
Each arrow is a move; who may take it stands in the table. “期限 time” is the supervision sweep, when a term is over.
Not drawn, because they lead to one end from many states:

{many}
"""
TABLE = """
## The table

| Move | In which states | By whom | To | Only if; else it is refused with | Sealed accusation | Events |
|---|---|---|---|---|---|---|
"""
STATES = """
## The states

| Chinese | English | in code | ended |
|---|---|---|---|
"""


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """docs/life.md as the code gives it."""
    opening = OPENING.format(states=len(State), moves=len(MOVES))
    below = BELOW.format(many="\n".join(_from_many()))
    table = "".join(f"{row}\n" for row in _rows())
    states = "".join(f"{row}\n" for row in _states())
    return f"{opening}\n```mermaid\n{_picture()}\n```\n{below}{TABLE}{table}{STATES}{states}"


def _picture() -> str:
    arrows: dict[Way, list[str]] = defaultdict(list)
    for action in MOVES:
        for way in sorted(_drawn(action)):
            arrows[way].append(_move(action))
    for action, (way, _) in BESIDE.items():
        arrows[way].append(_move(action))
    for way in BY_TIME:
        arrows[way].append("期限 time")
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f'    state "{_both("state", state)}" as {state.value}' for state in State]
    lines.append(f"    [*] --> {State.RECEIVED.value}")
    order = {state: place for place, state in enumerate(State)}
    for before, after in sorted(arrows, key=lambda way: (order[way[0]], order[way[1]])):
        lines.append(f"    {before.value} --> {after.value} : {'<br/>'.join(arrows[before, after])}")
    lines += [f"    {state.value} --> [*]" for state in State if state in ENDED]
    return "\n".join(lines)


def _drawn(action: Action) -> set[Way]:
    """The ways of ``action`` but for those that lead to one end from many states."""
    return {(a, b) for a, b in ways_of(action) if a is not b and len(_starts(action, b)) <= FROM_MANY}


def _from_many() -> Iterator[str]:
    for action in MOVES:
        for end in sorted({after for before, after in ways_of(action) - _drawn(action) if before is not after}):
            starts = ", ".join(_both("state", state) for state in _starts(action, end))
            yield f"- {_move(action)}（{_roles(MOVES[action].roles)}） → **{_both('state', end)}**, from {starts}"


def _starts(action: Action, end: State) -> list[State]:
    ways = ways_of(action)
    return [state for state in State if (state, end) in ways and state is not end]


def _rows() -> Iterator[str]:
    for action, move in MOVES.items():
        states = "<br/>".join(_both("state", state) for state in State if state in move.states)
        cells = (
            f"**{say(f'action.{action.value}', 'zh')}**<br/>{say(f'action.{action.value}', 'en')}<br/>`{action.value}`",
            states,
            "<br/>".join(_both("role", role) for role in Role if role in move.roles),
            _to(move),
            _need(move),
            "yes" if move.on_sealed else "no",
            "<br/>".join(_event(payload) for payload in RECORDS[action]),
        )
        yield f"| {' | '.join(cells)} |"


def _to(move: Move) -> str:
    """Where the case then stands, “—” where it stood; what depends on the case is told as “or”."""
    if move.to is not None:
        return _both("state", move.to)
    reached = {after for _, after in ways_of(move.action)}
    ends = [_both("state", state) for state in State if state in reached]
    return " or<br/>".join(["—", *ends] if move.action in STAYS or not ends else ends)


def _need(move: Move) -> str:
    rules = (f"{say(f'error.{need.rule}', 'zh')}<br/>{say(f'error.{need.rule}', 'en')}" for need in move.needs)
    return "<br/>".join(rules) or "—"


def _states() -> Iterator[str]:
    for state in State:
        cells = (say(f"state.{state.value}", "zh"), say(f"state.{state.value}", "en"), f"`{state.value}`")
        yield f"| {' | '.join(cells)} | {'yes' if state in ENDED else ''} |"


def _event(payload: type[Payload]) -> str:
    return f"{say(f'event.{payload.__name__}', 'zh')} `{payload.__name__}`"


def _move(action: Action) -> str:
    return _both("action", action)


def _roles(roles: Iterable[Role]) -> str:
    allowed = set(roles)
    return "、".join(say(f"role.{role.value}", "zh") for role in Role if role in allowed)


def _both(what: str, word: Action | Role | State) -> str:
    return f"{say(f'{what}.{word.value}', 'zh')} {say(f'{what}.{word.value}', 'en')}"


if __name__ == "__main__":
    raise SystemExit(main())
