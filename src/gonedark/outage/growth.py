"""A country of which more is usual later than was there when the data begin.

Begin with :func:`growth`. The pass over a family knows only what it has seen: where the data begin inside an outage,
what it finds first is its yardstick, and the return looks like growth. Nobody can tell the two apart afterwards, so it
is told and never called an outage.
"""

from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.outage.levels import Levels

GROWN = "grown"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Addresses (IPv4) or /48s (IPv6) when the data begin and when they end, and since when there is so much."""

    first: int
    usual: int
    since_us: int


def growth(levels: Levels, rules: Thresholds) -> Growth | None:
    """None where what was there at first is full by the measure of what is there in the end."""
    seeing = [(piece, until_us) for piece, until_us in levels.spans() if piece.blind is None]
    if not levels.baselines.addresses or not seeing:
        return None
    first, usual = levels.baselines.addresses[0], seeing[-1][0].addresses
    since_us = until_us = seeing[-1][1]
    for piece, _ in reversed(seeing):
        if piece.addresses < rules.full_share * usual:
            break
        since_us = piece.time_us
    held = until_us - since_us >= rules.merge_us
    return Growth(first, usual, since_us) if held and first < rules.full_share * usual else None
