"""What fewer than half of the expected voters saw: too few to tell a loss, and too many to say nothing of.

Begin with :func:`seen_by_minority`. Where most collectors are silent, or each gives tables of other hours than the
rest, every moment is the word of a part: those who are left may be those who have a trouble of their own, or stuck
routes. So it is blind time, and no words of different moments are put together; where they saw less than usual, a
reader must know.
"""

from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.half_seen import undecided
from gonedark.outage.levels import BLIND_FEW_OF_EXPECTED, Piece
from gonedark.outage.study import Study

MINORITY = "seen-by-minority"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Minority:
    """From the first to the last moment at which they saw less; the fewest prefixes and addresses (IPv4) or /48s, and
    of how many expected voters how many were there then."""

    span: TimeSpan
    prefixes: int
    addresses: int
    voters: int
    expected: int


def seen_by_minority(study: Study, window: TimeSpan, rules: Thresholds) -> Minority | None:
    """None where those that were left, if they were enough to tell a loss by themselves, saw as much as usual, or no
    less than an outage that was watched by more explains."""
    pairs = [(piece, part.overlap(window)) for run in undecided(study, rules) for piece, part in run]
    found = [(piece, part) for piece, part in pairs if part is not None and _is_less(piece, rules)]
    if not found:
        return None
    least = min((piece for piece, _ in found), key=lambda piece: piece.share)
    span = TimeSpan(found[0][1].from_us, found[-1][1].until_us)
    return Minority(span, least.prefixes, least.inside[0], least.voters, least.expected)


def _is_less(piece: Piece, rules: Thresholds) -> bool:
    few = piece.blind == BLIND_FEW_OF_EXPECTED and piece.voters >= rules.fewest_voters
    return few and piece.baseline_addresses > 0 and piece.share < rules.full_share
