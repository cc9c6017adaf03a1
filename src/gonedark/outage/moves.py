"""Addresses that a network announced in place of usual ones: counted as a move, which can hide a loss, so it is told.

Begin with :func:`moved`. A network that renumbers is as reachable as before; one that came to announce more and then
lost what it had looks the same, and nobody can tell the two apart while it lasts. Not for other networks' new
addresses, which stand in for nothing.
"""

from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.levels import Levels

MOVED = "moved"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Move:
    """The most addresses (IPv4) or /48s (IPv6) that stood in for others, of how many that are usual, and when."""

    addresses: int
    usual_addresses: int
    span: TimeSpan


def moved(levels: Levels, window: TimeSpan, rules: Thresholds) -> Move | None:
    """The largest, None where never as many as a swing stood in for as long as a level must hold."""
    runs: list[Move] = []
    for piece, part in levels.within(window):
        if piece.blind is not None or piece.stood_in < max(1, rules.swing_share * piece.baseline_addresses):
            continue
        if runs and runs[-1].span.until_us == part.from_us:
            part, most = TimeSpan(runs[-1].span.from_us, part.until_us), max(runs.pop().addresses, piece.stood_in)
        else:
            most = piece.stood_in
        runs.append(Move(most, piece.baseline_addresses, part))
    held = [run for run in runs if run.span.duration_us >= rules.hold_us]
    return max(held, key=lambda run: run.addresses, default=None)
