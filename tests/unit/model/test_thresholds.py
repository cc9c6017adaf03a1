"""Thresholds that can be none are refused, with one line that names what they can be."""

import dataclasses
import math
from typing import Any

import pytest

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import DAY_US, MINUTE_US

NAMES = [item.name for item in dataclasses.fields(Thresholds)]


def refused(name: str, value: Any) -> str:
    with pytest.raises(ValueError, match=name) as caught:
        Thresholds(**{name: value})
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_no_threshold_may_be_nonsense(name: str) -> None:
    for value in (-1, math.nan, math.inf, -math.inf, 1 << 62, 1 << 200, 1e300, True, "1", None):
        refused(name, value)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(("_share", "_of_previous", "_of_reference"))])
def test_a_share_is_at_most_one(name: str) -> None:
    assert " to " in refused(name, 1.01)


def test_a_step_that_would_never_end_names_the_sane_range() -> None:
    words = "baseline_step_us must be 60000000 to 86400000000 microseconds (1 min to 1 day)"
    assert refused("baseline_step_us", 1) == words
    assert refused("baseline_step_us", DAY_US + 1) == words
    assert refused("size_step_us", 1) == "size_step_us must be 1000000 to 3600000000 microseconds (1 s to 1 h)"
    assert refused("hold_us", 0) == "hold_us must be 1000000 to 3600000000 microseconds (1 s to 1 h)"
    assert refused("detour_us", 32 * DAY_US) == "detour_us must be 0 to 2678400000000 microseconds (0 s to 31 days)"
    assert refused("fewest_voters", 0) == "fewest_voters must be 1 to 1000"
    assert refused("visible_share", 0) == "visible_share must be 0.01 to 1"
    assert refused("fewest_voters", 5.0) == "fewest_voters must be a whole number"


def test_shares_are_in_order() -> None:
    assert refused("visible_share", 0.8) == "visible_share must be at most early_share, which is 0.75"
    assert refused("visible_share", 0.2) == "late_share must be at most visible_share, which is 0.2"
    assert refused("gone_share", 0.95) == "gone_share must be at most full_share, which is 0.9"


def test_sane_ones_are_taken() -> None:
    assert Thresholds(baseline_step_us=MINUTE_US, full_share=1, gone_share=0, detour_us=0).full_share == 1
