"""Swings against a slow reading of their definition."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.time import MINUTE_US, SECOND_US
from gonedark.outage.swings import SwingFinder

HOLD_US = MINUTE_US


def found(pieces: list[tuple[int, float]]) -> list[tuple[int, str]]:
    """Swings of pieces (seconds, share), as (second, direction)."""
    finder = SwingFinder(0.1, HOLD_US)
    at_us = 0
    for seconds, share in pieces:
        finder.feed(at_us, at_us + seconds * SECOND_US, share)
        at_us += seconds * SECOND_US
    return [(swing.time_us // SECOND_US, swing.direction) for swing in finder.swings]


def test_a_fall_and_a_return_are_two_swings() -> None:
    assert found([(600, 1.0), (300, 0.0), (600, 1.0)]) == [(600, "down"), (900, "up")]


def test_a_fall_in_many_messages_is_one_swing_dated_by_the_first_tenth() -> None:
    steps = [(600, 1.0), (5, 0.95), (5, 0.9), (5, 0.6), (5, 0.3), (600, 0.0)]
    assert found(steps) == [(605, "down")]


def test_what_holds_under_a_minute_counts_for_nothing() -> None:
    assert found([(600, 1.0), (59, 0.0), (600, 1.0), (30, 0.5), (600, 1.0)]) == []


def test_a_slow_decline_is_one_swing() -> None:
    steps = [(120, 1.0 - 0.01 * step) for step in range(50)]
    assert [direction for _, direction in found(steps)] == ["down"]


def test_small_noise_is_no_swing() -> None:
    assert found([(70, 1.0), (70, 0.93)] * 50) == []


SERIES = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([0.0, 0.25, 0.5, 0.75, 0.95, 1.0])), min_size=1, max_size=12
)


def slow(pieces: list[tuple[int, float]]) -> list[str]:
    """Directions by brute force over seconds: turning points are windows of a minute."""
    values = [share for seconds, share in pieces for _ in range(seconds)]
    hold = HOLD_US // SECOND_US
    floors = [min(values[at : at + hold]) for at in range(len(values) - hold + 1)]
    ceilings = [max(values[at : at + hold]) for at in range(len(values) - hold + 1)]
    directions: list[str] = []
    at, high, low = 0, None, None
    while at < len(floors):
        last = directions[-1] if directions else None
        if last != "down" and high is not None and ceilings[at] <= high - 0.1 + 1e-9:
            directions.append("down")
            high, low = None, ceilings[at]
        elif last != "up" and low is not None and floors[at] >= low + 0.1 - 1e-9:
            directions.append("up")
            high, low = floors[at], None
        high = floors[at] if high is None else max(high, floors[at])
        low = ceilings[at] if low is None else min(low, ceilings[at])
        at += 1
    return directions


@given(SERIES)
def test_swings_alternate_and_agree_with_brute_force(pieces: list[tuple[int, float]]) -> None:
    directions = [direction for _, direction in found(pieces)]
    assert all(left != right for left, right in pairwise(directions))
    assert directions == slow(pieces)


@given(SERIES, st.integers(1, 50))
def test_cutting_pieces_changes_nothing(pieces: list[tuple[int, float]], length: int) -> None:
    cut = [(min(length, seconds - start), share) for seconds, share in pieces for start in range(0, seconds, length)]
    assert found(cut) == found(pieces)
