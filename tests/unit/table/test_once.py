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


def test_each_value_asked_beside_the_object_is_an_answer_of_its_own():
    asked = []

    @once
    def plus(paths: AsPaths, more: int) -> int:
        asked.append(more)
        return len(paths.asn) + more

    paths = AsPaths.from_tuples([((1,), (2,))])
    assert [plus(paths, 1), plus(paths, 5), plus(paths, 1)] == [3, 7, 3]
    assert asked == [1, 5]
