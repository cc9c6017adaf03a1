"""Sizes of sessions come back as they were noted, however many notes were packed meanwhile."""

import numpy as np

from gonedark.table.sizes import SizeLog


def test_what_was_packed_comes_back_in_order():
    random = np.random.default_rng(7)
    log, sizes, told = SizeLog(), np.zeros((3, 2), dtype=np.int64), []
    known: dict[tuple[int, ...], int] = {}
    for minute in range(2_500):
        if minute == 1_200:
            sizes = np.concatenate([sizes, [[900_000, 0]]])
        sizes = sizes.copy()
        for session, family in random.integers(0, (len(sizes), 2), (2, 2)).tolist():
            size = int(random.integers(0, 1 << 21))
            sizes[session, family] = size
        log.note(minute, sizes)
        for place in np.ndindex(sizes.shape):
            if known.get(place, 0) != sizes[place]:
                known[place] = int(sizes[place])
                told.append((minute, *place, known[place]))
    found = log.columns()
    columns = (found.time_us, found.session, found.family, found.size)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == told
    assert [column.dtype for column in columns] == [np.int64, np.int32, np.int8, np.int32]
