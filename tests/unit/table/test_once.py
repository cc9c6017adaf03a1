"""What is remembered of an object is worked out once, and goes with the object."""

import gc
import weakref

from gonedark.table.once import once
from gonedark.table.paths import AsPaths


def test_each_object_is_asked_once_and_forgotten_with_its_end():
    asked = []

    @once
    def hops(paths: AsPaths) -> int:
        asked.append(len(paths.asn))
        return len(paths.asn)

    one, same = (AsPaths.from_tuples([((1,), (2,))]) for _ in range(2))
    assert [hops(one), hops(one), hops(same)] == [2, 2, 2]
    assert len(asked) == 2
    alive = weakref.ref(one)
    del one
    gc.collect()
    assert alive() is None
