import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.time import TimeSpan
from gonedark.publish.trace import Trace, calmed, lowest, thinned

values = st.lists(st.one_of(st.integers(0, 50).map(float), st.just(float("nan"))), min_size=1, max_size=400)


def made(column: list[float]) -> Trace:
    times = np.arange(len(column), dtype=np.int64) * 10
    return Trace(times, np.array(column), len(column) * 10)


@given(values, st.integers(1, 30))
def test_thinning_loses_no_extreme_no_edge_and_no_blindness(column: list[float], columns: int) -> None:
    whole = made(column)
    thin = thinned(whole, columns)
    width = max(1, -(-whole.until_us // columns))
    for bucket in range(columns):
        before = whole.values[(whole.time_us // width) == bucket]
        after = thin.values[(thin.time_us // width) == bucket]
        assert np.isnan(before).any() == np.isnan(after).any() or len(thin.time_us) == len(whole.time_us)
        known = before[~np.isnan(before)]
        if len(known):
            assert (known.min(), known.max()) == (after[~np.isnan(after)].min(), after[~np.isnan(after)].max())
    assert set(thin.time_us.tolist()) <= set(whole.time_us.tolist())


@given(values, st.integers(1, 30))
def test_thinning_keeps_every_stretch_of_blindness_as_long_as_it_was(column: list[float], columns: int) -> None:
    def hidden(line: Trace) -> int:
        ends = np.append(line.time_us[1:], line.until_us)
        return int((ends - line.time_us)[np.isnan(line.values)].sum())

    whole = made(column)
    assert hidden(thinned(whole, columns)) == hidden(whole)


def test_a_long_series_becomes_short() -> None:
    column = np.random.default_rng(1).integers(0, 9, 100_000).astype(float).tolist()
    assert len(thinned(made(column), 100).time_us) <= 400


@given(values, st.floats(0.1, 10))
def test_calming_stays_near_and_keeps_nothing_and_unknown(column: list[float], least: float) -> None:
    whole = made(column)
    calm = calmed(whole, least)
    held = calm.values[np.searchsorted(calm.time_us, whole.time_us, side="right") - 1]
    assert (np.isnan(held) == np.isnan(whole.values)).all()
    known = ~np.isnan(held)
    assert (np.abs(held - whole.values)[known] < least).all()
    assert ((held == 0) == (whole.values == 0))[known].all()


@given(values, st.integers(1, 60))
def test_the_lowest_of_each_part(column: list[float], columns: int) -> None:
    whole = made(column)
    found = lowest(whole, columns)
    width = max(1, -(-whole.until_us // columns))
    for at in range(columns):
        part = TimeSpan(at * width, (at + 1) * width)
        held = [
            value
            for time, value in zip(whole.time_us.tolist(), column, strict=True)
            if part.overlap(TimeSpan(time, time + 10)) and not np.isnan(value)
        ]
        if part.from_us < whole.until_us:
            np.testing.assert_equal(found[at], min(held, default=float("nan")))
