"""When a session is up and a full feed: the design's section 3, rule by rule."""

import numpy as np

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import MINUTE_US
from gonedark.table import sessions
from gonedark.table.changes import MARK_APPEARED, MARK_DOWN, MARK_END_OF_RIB_V4, MARK_ESTABLISHED
from gonedark.table.sessions import DOWN, LOADING, STALE, UP, SessionEvents, vote

GAP, MARK, RIB, SIZE = sessions._GAP, sessions._MARK, sessions._RIB, sessions._SIZE


def replay(*events: tuple[int, int, int, int], until_minutes: int = 24 * 60) -> tuple[list[tuple[int, int, int]], ...]:
    """Events as (minute, kind, session, value); steps come back as (minute, session, value)."""
    table = np.array(sorted(events, key=lambda event: event[:2]), dtype=np.int64).reshape(-1, 4)
    count = int(table[:, 2].max()) + 1
    columns = SessionEvents(table[:, 0] * MINUTE_US, table[:, 1], table[:, 2], table[:, 3])
    states, feeds = vote(columns, count, until_minutes * MINUTE_US, Thresholds())
    return tuple(
        list(zip((steps.time_us // MINUTE_US).tolist(), steps.session.tolist(), steps.value.tolist(), strict=True))
        for steps in (states, feeds)
    )


def table(minute: int, session: int, size: int) -> list[tuple[int, int, int, int]]:
    return [(minute, RIB, session, size), (minute, SIZE, session, size)]


REFERENCE = [*table(0, 1, 1000), *table(0, 2, 1000)]


def test_a_table_brings_a_session_up_and_a_large_one_is_full_feed() -> None:
    more = [*table(0, 4, 1000), *table(0, 5, 1000)]
    states, feeds = replay(*REFERENCE, *more, *table(0, 0, 760), *table(0, 3, 740))
    assert states == [(0, at, UP) for at in range(6)]
    assert feeds == [(0, at, 1) for at in (0, 1, 2, 4, 5)]


def test_a_session_that_only_speaks_is_loading() -> None:
    states, feeds = replay(*REFERENCE, (5, MARK, 0, MARK_APPEARED), (6, SIZE, 0, 100))
    assert [step for step in states if step[1] == 0] == [(5, 0, LOADING)]
    assert all(step[1] != 0 for step in feeds)


def test_end_of_rib_ends_loading() -> None:
    states, _ = replay(
        *REFERENCE,
        *table(0, 0, 1000),
        (10, MARK, 0, MARK_DOWN),
        (10, SIZE, 0, 0),
        (12, MARK, 0, MARK_ESTABLISHED),
        (13, SIZE, 0, 500),
        (14, MARK, 0, MARK_END_OF_RIB_V4),
    )
    assert [step for step in states if step[1] == 0] == [(0, 0, UP), (10, 0, DOWN), (12, 0, LOADING), (14, 0, UP)]


def test_nearly_the_size_before_the_reset_ends_loading() -> None:
    states, _ = replay(
        *REFERENCE,
        *table(0, 0, 1000),
        (10, MARK, 0, MARK_ESTABLISHED),
        (10, SIZE, 0, 0),
        (11, SIZE, 0, 949),
        (12, SIZE, 0, 951),
    )
    assert [step for step in states if step[1] == 0] == [(0, 0, UP), (10, 0, LOADING), (12, 0, UP)]


def test_three_quarters_of_the_reference_without_growth_end_loading() -> None:
    growing = [(5 + minute, SIZE, 0, 300 * minute) for minute in range(1, 4)]
    states, feeds = replay(*REFERENCE, (5, MARK, 0, MARK_APPEARED), *growing)
    # 900 prefixes since minute 8: two minutes later nothing has grown.
    assert [step for step in states if step[1] == 0] == [(5, 0, LOADING), (10, 0, UP)]
    assert (10, 0, 1) in feeds


def test_a_gap_makes_sessions_stale_until_a_table_or_a_whole_transfer() -> None:
    states, _ = replay(
        *REFERENCE,
        *table(0, 0, 1000),
        (10, GAP, 0, 0),
        (10, GAP, 1, 0),
        (20, MARK, 0, MARK_END_OF_RIB_V4),
        (30, MARK, 1, MARK_ESTABLISHED),
        (30, SIZE, 1, 0),
        (31, SIZE, 1, 990),
        *table(60, 0, 1000),
    )
    assert [step for step in states if step[1] == 0] == [(0, 0, UP), (10, 0, STALE), (60, 0, UP)]
    assert [step for step in states if step[1] == 1] == [(0, 1, UP), (10, 1, STALE), (30, 1, LOADING), (31, 1, UP)]


def test_a_table_without_the_session_takes_it_down() -> None:
    states, _ = replay(*REFERENCE, *table(0, 0, 1000), (60, RIB, 0, 0), (60, SIZE, 0, 0))
    assert [step for step in states if step[1] == 0] == [(0, 0, UP), (60, 0, DOWN)]


def test_a_session_that_withdraws_its_table_ceases_to_be_full_feed() -> None:
    _, feeds = replay(*REFERENCE, *table(0, 0, 1000), (30, SIZE, 0, 10))
    assert [step for step in feeds if step[1] == 0] == [(0, 0, 1), (30, 0, 0)]


def test_a_table_in_transfer_never_enters_the_reference() -> None:
    _, feeds = replay(
        *table(0, 0, 1000),
        *[(5, MARK, at, MARK_APPEARED) for at in (1, 2, 3)],
        *[(6, SIZE, at, 5000) for at in (1, 2, 3)],
        until_minutes=7,
    )
    assert feeds == [(0, 0, 1)]


def test_the_largest_size_is_forgotten_after_a_day() -> None:
    day = 24 * 60
    _, feeds = replay(
        *table(0, 0, 1000),
        *table(0, 1, 100),
        (10, MARK, 0, MARK_DOWN),
        (10, SIZE, 0, 0),
        (day + 20, SIZE, 1, 101),
        until_minutes=2 * day,
    )
    assert feeds == [(0, 0, 1), (10, 0, 0), (day + 20, 1, 1)]
