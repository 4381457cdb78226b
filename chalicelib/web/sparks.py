"""A share over the months, as small as a word: SVG drawn by the server, its figures in the table beside it."""

from collections.abc import Sequence
from html import escape

WIDE, HIGH, EDGE = 120, 28, 4


def shares_line(shares: Sequence[float | None], label: str) -> str:
    """A line of shares from 0 (below) to 1 (above), earliest first; broken where nothing is known (None)."""
    step = (WIDE - 2 * EDGE) / max(1, len(shares) - 1)
    stretches: list[list[tuple[float, float]]] = [[]]
    for place, share in enumerate(shares):
        if share is None:
            stretches.append([])
        else:
            stretches[-1].append((EDGE + place * step, EDGE + (HIGH - 2 * EDGE) * (1 - share)))
    lines = [_line(stretch) for stretch in stretches if len(stretch) > 1]
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for stretch in stretches for x, y in stretch]
    said = escape(label, quote=True)
    return (
        f'<svg class="shares" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{said}">'
        f'<line class="whole" x1="0" y1="{EDGE}" x2="{WIDE}" y2="{EDGE}"/>{"".join(lines)}{"".join(dots)}</svg>'
    )


def _line(stretch: Sequence[tuple[float, float]]) -> str:
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in stretch)}"/>'
