"""Rows of words before they are laid out: what the terminal and the page both take.

Begin with :class:`Grid`. Not for what stands in them, which is ``tables`` and its sisters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``numeric``: columns aligned to the right. ``wide``: columns for which a terminal has no room."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numeric: frozenset[str] = field(default_factory=frozenset)
    wide: frozenset[str] = field(default_factory=frozenset)
