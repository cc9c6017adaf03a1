"""What changed so shortly before the data end that nobody can tell whether it lasts: a loss, or a return.

Begin with :func:`lately_lost` and :func:`lately_back`. A loss counts once it has lasted as long as an outage must, a
return likewise; where the data end before, it is neither, and a reader must know all the same. Moments before and after
which nobody watched are told by the phases.
"""

from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.levels import Piece
from gonedark.outage.spells import Spell
from gonedark.outage.study import Study

LATELY_LOST = "lately-lost"
"""The evidence's name after its family."""
LATELY_BACK = "lately-back"
"""And after its outage."""


@dataclass(frozen=True, slots=True)
class Late:
    """From when until when (the end of watching), and the fewest prefixes and addresses (IPv4) or /48s meanwhile.
    ``hidden``: nobody watched right before, so that it may have begun earlier."""

    span: TimeSpan
    prefixes: int
    addresses: int
    hidden: bool


def lately_lost(found: Study, window: TimeSpan, rules: Thresholds) -> Late | None:
    """Less than full when watching ended, for less time than an outage takes; None in an outage, and elsewhere."""
    late = _in_the_end(found, window, rules, below=True)
    return None if late is None or any(spell.end_us is None for spell in found.spells) else late


def lately_back(found: Study, spell: Spell, window: TimeSpan, rules: Thresholds) -> Late | None:
    """Full when watching ended, for less time than a return takes; None after an outage's end, and elsewhere."""
    return _in_the_end(found, window, rules, below=False) if spell.end_us is None else None


def _in_the_end(found: Study, window: TimeSpan, rules: Thresholds, *, below: bool) -> Late | None:
    """The last watched stretch on one side of full, from its true beginning; None where there is none in the window, or
    a mere moment."""
    run: list[Piece] = []
    ended_us, hidden = 0, False
    for piece, until_us in found.levels.backwards():
        if run and (piece.blind is not None or (piece.share < rules.full_share) != below):
            hidden = piece.blind is not None
            break
        if piece.blind is None:
            if (piece.share < rules.full_share) != below:
                break
            ended_us = ended_us or until_us
            run.append(piece)
    if not run:
        return None
    span = TimeSpan(run[-1].time_us, ended_us)
    if span.duration_us >= rules.merge_us or span.overlap(window) is None or span in found.moments:
        return None
    return Late(span, min(piece.prefixes for piece in run), min(piece.inside[0] for piece in run), hidden)
