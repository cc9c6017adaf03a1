"""What goes from the parser to the resolver: a run of a loop, whose rows still name prefixes, peers, paths by index.

Begin with :class:`Step`. Its columns lie in the reader's working memory and are overwritten a few steps later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.mrt.scratch import Keys, Rows

Note = tuple[Callable[..., None], tuple[Any, ...]]
"""A method of :class:`gonedark.mrt.summary.Notes` and what to call it with."""


@dataclass(frozen=True, eq=False, slots=True)
class Holders:
    """Who has foreign prefixes: indexes of prefixes and of peers or, for tables with an index, bits of ``mask``."""

    prefix: NDArray[np.int32]
    peer: NDArray[np.int32] | None
    mask: NDArray[np.uint64]


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """Rows from ``first`` up to ``last`` of a batch, and how many keys of each kind they name.

    ``asks_peers``: no rows, but a peer index table, whose ids the parser waits for. ``ends_batch``: the batch is full.
    ``kept``: the attribute blocks of the batch that ends, and their forms. ``notes`` are for the summary.
    """

    notes: list[Note]
    keys: Keys
    rows: Rows
    first: int = 0
    last: int = 0
    prefixes: int = 0
    peers: int = 0
    paths: int = 0
    from_messages: bool = False
    asks_peers: bool = False
    holders: Holders | None = None
    ends_batch: bool = False
    kept: tuple[tuple[bytes, ...], tuple[int, ...]] | None = None
