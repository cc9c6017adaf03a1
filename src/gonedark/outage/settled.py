"""A loss that stays as it is: from outside, addresses given up for good look like an outage without end.

Begin with :func:`settled`. Nobody can tell the two apart from routes, so the report says it where a day has gone by
without any change. Not for countries that lost most of what they had: nobody gives that up.
"""

from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.course import pieces_within
from gonedark.outage.levels import Levels
from gonedark.outage.spells import Spell

SETTLED = "settled"
"""The evidence's name after its outage."""
_CHANGED = 0.02
_MOST_LOST = 0.5


@dataclass(frozen=True, slots=True)
class Settled:
    """Addresses (IPv4) or /48s that were left, give or take two hundredths of the usual, from a moment to the end."""

    since_us: int
    addresses: int


def settled(levels: Levels, spell: Spell, rules: Thresholds) -> Settled | None:
    """None where the spell ended, took more than half, or where less than a day has gone by since the last change."""
    if spell.end_us is not None:
        return None
    seeing = pieces_within(levels, TimeSpan(spell.start_us, levels.until_us))
    last = seeing[-1][0]
    since_us = levels.until_us
    for piece, part in reversed(seeing):
        if abs(piece.inside[0] - last.inside[0]) > _CHANGED * piece.baseline_addresses:
            break
        since_us = part.from_us
    kept = last.share >= 1 - _MOST_LOST and levels.until_us - since_us >= rules.horizon_us
    return Settled(since_us, last.inside[0]) if kept else None
