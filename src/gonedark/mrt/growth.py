"""Columns that grow while a file streams by. Begin with :func:`longer`. Not for columns whose size is known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 1 << 23
"""Below so many cells, sixteen times as many are taken as are needed; above, four times."""


def grown(column: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    """A column of ``size`` cells, of which the first ``used`` are as before."""
    larger = np.empty(size, column.dtype)
    larger[:used] = column[:used]
    return larger


def longer(column: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    """The column itself where it has so many cells, else one with many more: those never written cost no memory, while
    those that are copied cost it twice."""
    return column if size <= len(column) else grown(column, used, size * (16 if size < FEW else 4))
