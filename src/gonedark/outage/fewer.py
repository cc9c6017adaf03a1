"""A large part of a country that ceased to be seen by a quarter of the voters, while most went on seeing it.

Begin with :func:`seen_by_fewer`. By the definitions that is no outage, since most voters decide, and it is not
nothing: a country can be cut off from a part of the Internet. What few saw all along is not told. Not for outages,
whose bounds say what a quarter and three quarters saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.bounds import EARLY
from gonedark.outage.levels import Levels, Piece
from gonedark.outage.spells import Spell

FEWER = "seen-by-fewer"
"""The evidence's name after its family."""
_LEAST = 0.5
"""Of the baseline's addresses: less is a network or two with a trouble of their own."""


@dataclass(frozen=True, slots=True)
class Fewer:
    """The longest such stretch, and the most addresses (IPv4) or /48s that more than a quarter of the voters missed."""

    span: TimeSpan
    addresses: int


def seen_by_fewer(levels: Levels, spells: Sequence[Spell], window: TimeSpan, rules: Thresholds) -> Fewer | None:
    """None where nothing of the kind lasted as long as an outage must, apart from the country's outages."""
    parts = [(piece, part) for piece, part in levels.within(window) if _is_watched(piece, rules)]
    usual = _usual(parts)
    runs: list[Fewer] = []
    for piece, part in parts:
        missing = usual - _early(piece)
        if missing < _LEAST or piece.share < rules.full_share:
            continue
        addresses = round(missing * piece.baseline_addresses)
        if runs and runs[-1].span.until_us == part.from_us:
            last = runs.pop()
            part, addresses = TimeSpan(last.span.from_us, part.until_us), max(last.addresses, addresses)
        runs.append(Fewer(part, addresses))
    near = [
        TimeSpan(max(0, spell.start_us - rules.merge_us), spell.until_us(levels.until_us) + rules.merge_us)
        for spell in spells
    ]
    long = [run for run in runs if run.span.duration_us >= rules.merge_us]
    apart = [run for run in long if not any(run.span.overlap(span) for span in near)]
    return max(apart, key=lambda run: run.span.duration_us, default=None)


def _is_watched(piece: Piece, rules: Thresholds) -> bool:
    return piece.blind is None and piece.voters >= rules.fewest_voters and piece.baseline_addresses > 0


def _early(piece: Piece) -> float:
    """The share of the baseline that three quarters of the voters saw."""
    return piece.inside[EARLY] / piece.baseline_addresses


def _usual(parts: Sequence[tuple[Piece, TimeSpan]]) -> float:
    """What that is for most of the time: some networks are never seen by so many."""
    rest_us = sum(part.duration_us for _, part in parts) / 2
    for piece, part in sorted(parts, key=lambda pair: _early(pair[0])):
        rest_us -= part.duration_us
        if rest_us <= 0:
            return _early(piece)
    return 0.0
