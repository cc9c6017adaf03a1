"""Columns that grow while a file streams by. Begin with :func:`longer`. Not for columns whose size is known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 1 << 18
"""Below so many cells, sixteen times as many are taken as are needed; above, four times, and at least PLENTY."""
PLENTY = 1 << 25
"""More than a full table needs."""


def grown(column: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    """A column of ``size`` cells, of which the first ``used`` are as before."""
    larger = np.empty(size, column.dtype)
    larger[:used] = column[:used]
    return larger


def longer(column: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    """The column itself where it has so many cells, else one with many more: those never written cost no memory, while
    those that are copied cost it twice."""
    if size <= len(column):
        return column
    return grown(column, used, 16 * size if size < FEW else max(4 * size, PLENTY))
