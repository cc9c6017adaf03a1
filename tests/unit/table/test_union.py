"""Changes of several collectors put in order of time, however they are cut into stretches; and what dumps leave out."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.prefix import Prefix
from gonedark.model.report import CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import SECOND_US, TimeSpan
from gonedark.table import union
from gonedark.table.changes import NO_PATH, Changes, RibMark, RouteColumns, Session, Stretch, joined, kept
from gonedark.table.paths import AsPaths
from gonedark.table.sizes import SizeColumns
from gonedark.table.timeline import Timeline, build

PREFIXES = (Prefix.parse("10.0.0.0/16"), Prefix.parse("2001:db8::/32"), Prefix.parse("10.1.0.0/16"))
PATHS = AsPaths.from_tuples([((1,), (9,)), ((2,), (9,))])
EMPTY = np.zeros(0, dtype=np.int64)
Row = tuple[int, int, int, int, bool]
"""Second, session, prefix, path, from a dump."""
DUMPS = (2, 5, 7)
GAPS = (CoverageGap(TimeSpan(5 * SECOND_US, 6 * SECOND_US), "a", "a hole"),)

ROWS = st.lists(
    st.tuples(
        st.integers(0, 9), st.integers(0, 1), st.integers(0, len(PREFIXES) - 1), st.integers(NO_PATH, 1), st.booleans()
    ),
    max_size=30,
)
CUTS = st.lists(st.integers(0, 30), max_size=6)


def columns_of(rows: list[Row]) -> RouteColumns:
    """Only what stands at the moment of a dump is from one."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    second, session, prefix, path, dump = (table[:, at].astype(np.int32) for at in range(5))
    number = np.where((dump > 0) & np.isin(second, DUMPS), np.searchsorted(DUMPS, second), -1).astype(np.int32)
    return RouteColumns(table[:, 0] * SECOND_US, session, prefix, path, number, number < 0)


def part(collector: str, rows: list[Row], cuts: list[int]) -> Changes:
    """Rows as they stand, cut at some places."""
    columns = columns_of(rows)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    pieces = [columns.take(slice(first, last)) for first, last in pairwise(edges)]
    ribs = tuple(RibMark(at * SECOND_US, at * SECOND_US, complete=True, entries={0: (3, 3)}) for at in DUMPS)
    return Changes(
        collector=collector,
        sessions=tuple(Session(collector, asn, f"192.0.2.{asn}") for asn in (1, 2)),
        prefixes=PREFIXES,
        paths=PATHS,
        routes=tuple(map(kept, pieces)),
        marks=(),
        ribs=ribs,
        sizes=SizeColumns(EMPTY, EMPTY.astype(np.int32), EMPTY.astype(np.int8), EMPTY.astype(np.int32)),
        silences=(),
        first_us=0,
        last_us=9 * SECOND_US,
        update_instants=2,
    )


def timeline_of(parts: Sequence[Changes], keep: Callable[[RouteColumns], Stretch] = kept) -> Timeline:
    return build(parts, GAPS, "ipv4", 20 * SECOND_US, Thresholds(), keep=keep)


def rows_of(timeline: Timeline) -> list[tuple[int, ...]]:
    routes = joined(list(timeline.changes()))
    columns = (routes.time_us, routes.session, routes.prefix, routes.path, routes.precise)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def put_aside(routes: RouteColumns) -> Stretch:
    """As a file would give it: a copy, each time it is asked."""
    return Stretch(int(routes.time_us[0]), partial(routes.take, slice(None)))


@given(ROWS, CUTS, ROWS, CUTS, st.integers(1, 12))
def test_the_timeline_is_the_same_however_changes_are_cut(
    first: list[Row], cuts: list[int], second: list[Row], others: list[int], most: int
) -> None:
    whole = timeline_of((part("a", first, []), part("b", second, [])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(union, "_ROWS", most)
        found = timeline_of((part("b", second, others), part("a", first, cuts)), put_aside)
    assert rows_of(found) == rows_of(whole)
    assert found.mismatches == whole.mismatches
    edges = [routes.time_us[[0, -1]].tolist() for routes in found.changes() if len(routes.time_us)]
    assert all(before[1] < after[0] for before, after in pairwise(edges))
    assert sum(map(len, [routes.time_us for routes in found.backwards(5 * SECOND_US)])) == sum(
        row[0] < 5 * SECOND_US for row in rows_of(whole)
    )


@given(ROWS, ROWS)
def test_updates_are_in_order_of_time_and_within_an_instant_as_collectors_had_them(
    first: list[Row], second: list[Row]
) -> None:
    updates = [[row for row in rows if not row[4]] for rows in (first, second)]
    number = {0: 0, 2: 1}
    expected = [
        (second * SECOND_US, session + 2 * at, number[prefix], path, True)
        for at, rows in enumerate(updates)
        for second, session, prefix, path, _ in rows
        if prefix in number
    ]
    found = timeline_of([part(name, rows, [3]) for name, rows in zip("ab", updates, strict=True)])
    assert rows_of(found) == sorted(expected, key=lambda row: row[0])


def test_what_a_dump_says_of_a_session_that_is_up_is_taken_up_by_the_next_after_a_gap() -> None:
    told = (5, 0, 0, 1, True)
    for cuts in ([], [1], [1, 2]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(union, "_ROWS", 1)
            rows = [(1, 0, 0, 0, False), told, (6, 1, 2, 0, False), (8, 1, 2, 1, False)]
            found = timeline_of([part("a", rows, cuts)], put_aside)
        assert [(row[0] // SECOND_US, *row[1:4]) for row in rows_of(found)] == [
            (1, 0, 0, 0),
            (6, 1, 1, 0),
            (7, 0, 0, 1),
            (8, 1, 1, 1),
        ]
        assert found.mismatches == 0
