"""The shipped scenarios through the whole house: what is documented is what the report says."""

import functools
import tempfile
from pathlib import Path

import pytest

from gonedark.delegation.names import find_country
from gonedark.investigate import Question, investigate
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, parse_time
from gonedark.publish.headline import headline
from gonedark.scenario import build, load, names
from worlds import phases


@functools.cache
def told(name: str) -> Report:
    """The report of a scenario over its own window."""
    scenario = load(name)
    with tempfile.TemporaryDirectory() as folder:
        for path, data in build(scenario):
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        question = Question(find_country(scenario.country), scenario.window.span, (folder,))
        return investigate(question).report


def near(time_us: int | None, text: str, seconds: int = 60) -> bool:
    """A moment lies within so many seconds after the documented one."""
    return time_us is not None and 0 <= time_us - parse_time(text) <= seconds * SECOND_US


@pytest.mark.parametrize("name", names())
def test_every_report_says_that_it_is_a_reconstruction(name: str) -> None:
    assert told(name).kind == "reconstruction"


def test_north_korea_2014() -> None:
    report = told("north-korea-2014")
    baseline = report.baseline
    assert (baseline.prefixes_v4, baseline.addresses_v4, baseline.origins) == (4, 1024, (131279,))
    main, second, third = report.outages
    assert near(main.start_us, "2014-12-22T16:15Z")
    assert near(main.end_us, "2014-12-23T01:46Z")
    assert main.duration_seconds == pytest.approx(34_260, abs=60)
    assert main.complete
    assert main.restoration is not None
    assert main.restoration.providers_before == main.restoration.providers_after == (4837,)
    assert main.restoration.same_providers
    assert main.lead_up is not None
    assert main.lead_up.trend == "worsening"
    assert main.lead_up.span.duration_us > 24 * HOUR_US
    assert near(second.start_us, "2014-12-23T07:53Z")
    assert near(third.start_us, "2014-12-23T15:41Z")
    assert near(third.end_us, "2014-12-23T16:12Z")
    assert phases(report) == ["normal", "unstable", *["offline", "normal"] * 3]


def test_egypt_2011() -> None:
    report = told("egypt-2011")
    (outage,) = report.outages
    assert report.baseline.prefixes_v4 == 2903
    assert len(report.baseline.origins) == 52
    assert not outage.complete
    assert outage.depth > 0.9
    assert near(outage.start_us, "2011-01-27T22:12:43Z")
    named = [loss.asn for loss in outage.order if loss.asn in (8452, 24835, 24863, 36992, 5536, 20928)]
    assert named == [8452, 24835, 24863, 36992, 5536, 20928]
    noor = next(loss for loss in outage.order if loss.asn == 20928)
    assert near(noor.lost_at_us, "2011-01-31T20:46Z", 120)
    assert outage.onset_spread_seconds is not None
    assert outage.onset_spread_seconds > 300
    assert outage.end_us is not None
    assert 0 <= outage.end_us - parse_time("2011-02-02T09:29Z") <= 40 * MINUTE_US


def test_syria_2012() -> None:
    report = told("syria-2012")
    (outage,) = report.outages
    assert near(outage.start_us, "2012-11-29T10:26Z")
    assert near(outage.end_us, "2012-12-01T14:32:10Z", 120)
    assert outage.onset_spread_seconds is not None
    assert outage.onset_spread_seconds <= 120
    assert outage.complete
    (nothing,) = outage.none_visible
    assert near(nothing.from_us, "2012-11-29T23:45Z")
    assert near(nothing.until_us, "2012-12-01T14:32Z", 120)
    head = headline(report, None)
    assert head.title == "Syria was almost entirely off the Internet for 2 days 4 h 7 min"
    assert "for 38 h 47 min of that time, between 2012-11-29 23:45 UTC and" in head.sentence
    assert "from 2012-11-29 10:26 UTC until 2012-12-01 14:33 UTC; " in head.sentence
    assert outage.order[-1].asn == 6453
    assert near(outage.order[-1].lost_at_us, "2012-11-29T23:45Z")
    assert outage.lead_up is None


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("quiet")])
def test_quiet_days_are_normal_and_nothing_else(name: str) -> None:
    report = told(name)
    assert report.outages == ()
    assert {phase.phase for phase in report.phases} == {"normal"}
