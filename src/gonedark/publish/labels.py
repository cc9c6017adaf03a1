"""Where the names of outages go above a chart, so that none covers another or another's leader line.

Begin with :func:`placed`. Pure geometry in pixels. Not for the words of a label, which are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LETTER_PX = 5.6
"""Mean width of a letter at 11 px in Liberation Sans, rounded up."""
_GAP_PX = 10.0
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Label:
    """A label at ``middle_px`` in a row (0 is the lowest), for the mark at ``mark_px``."""

    text: str
    mark_px: float
    middle_px: float
    row: int

    @property
    def half_px(self) -> float:
        """Half of its width."""
        return len(self.text) * LETTER_PX / 2


def placed(wanted: Sequence[tuple[float, str]], width_px: float, rows: int) -> list[Label]:
    """Labels for (mark, text) pairs, the most important first; as many of the first ones as there is room for.

    Tried centred on their marks, then as stairs that rise to the right or to the left.
    """
    for many in range(min(len(wanted), _MOST_LABELS), 0, -1):
        for side in (0, -1, 1):
            labels = _placed(sorted(wanted[:many], reverse=side > 0), width_px, rows, side)
            if labels:
                return labels
    return []


def _placed(wanted: Sequence[tuple[float, str]], width_px: float, rows: int, side: int) -> list[Label]:
    """All labels, each in its lowest free row, or none. ``side``: -1 to the left of the marks, 1 to the right."""
    found: list[Label] = []
    for mark, text in wanted:
        half = len(text) * LETTER_PX / 2
        middle = min(max(mark + side * (half - 4), half), max(half, width_px - half))
        tries = (Label(text, mark, middle, row) for row in range(rows))
        label = next((item for item in tries if not any(_clash(item, other) for other in found)), None)
        if label is None:
            return []
        found.append(label)
    return found


def _clash(one: Label, other: Label) -> bool:
    if one.row == other.row:
        return abs(one.middle_px - other.middle_px) < one.half_px + other.half_px + _GAP_PX
    upper, lower = (one, other) if one.row > other.row else (other, one)
    return abs(upper.mark_px - lower.middle_px) < lower.half_px + 3
