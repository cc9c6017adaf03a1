"""Troubles of the watchers are not outages of the watched: no false outage, and the right gap or blindness."""

from pathlib import Path

import pytest

from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from worlds import BACKGROUND, COLLECTORS, NATIONAL, START_US, Scene, ask, phases

AT_US = START_US + 4 * HOUR_US
PEERS_THAT_CARRY = (3333, 1299, 3356, 2914, 6939, 174, 3257)


def judged(scene: Scene, folder: Path, **how: object) -> Report:
    # In files of a quarter of an hour, since many a trouble shows in files that are not there.
    return ask(scene.files(slot_us=15 * MINUTE_US, **how), folder, scene.window).report


def assert_nothing_happened(report: Report) -> None:
    assert report.outages == ()
    assert set(phases(report)) <= {"normal", "blind"}


def test_a_quiet_day_is_normal_and_nothing_else(tmp_path: Path) -> None:
    report = judged(Scene(), tmp_path)
    assert phases(report) == ["normal"]
    assert (report.baseline.prefixes_v4, report.baseline.addresses_v4, report.baseline.origins) == (4, 1024, (131279,))
    assert (report.coverage.voters, report.coverage.full_feed_asns, report.coverage.gaps) == (12, 12, ())


def test_an_outage_is_dated_to_the_message(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + 90 * MINUTE_US)
    report = judged(scene, tmp_path)
    assert phases(report) == ["normal", "offline", "normal"]
    (outage,) = report.outages
    # Of twelve voters the seventh to lose the networks takes them below half, 6 x 1.3 s after the first.
    assert outage.start_us is not None
    assert AT_US <= outage.start_us <= AT_US + 12 * 1_300_000
    assert outage.complete
    assert outage.depth == 1.0
    assert outage.duration_seconds == pytest.approx(90 * 60, abs=16)
    assert outage.start_earliest_us is not None
    assert outage.start_latest_us is not None
    assert outage.start_earliest_us <= outage.start_us <= outage.start_latest_us
    assert outage.end_us is not None
    assert outage.end_earliest_us is not None
    assert outage.end_latest_us is not None
    assert outage.end_earliest_us <= outage.end_us <= outage.end_latest_us
    assert outage.restoration is not None
    assert outage.restoration.providers_before == outage.restoration.providers_after == (4837,)
    assert [loss.asn for loss in outage.order] == [131279]


def test_a_collector_that_dies_is_a_gap(tmp_path: Path) -> None:
    scene = Scene()
    scene.world.crash("rrc00", AT_US)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert phases(report) == ["normal"]
    assert [gap.collector for gap in report.coverage.gaps] == ["rrc00"]


def test_most_collectors_dying_is_blindness(tmp_path: Path) -> None:
    scene = Scene()
    for name in COLLECTORS[:2]:
        scene.world.crash(name, AT_US)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert phases(report) == ["normal", "blind"]


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("end_of_rib", [True, False])
def test_one_collectors_sessions_all_resetting(tmp_path: Path, stated: bool, end_of_rib: bool) -> None:
    scene = Scene()
    for vantage in scene.world.sessions("rrc00"):
        scene.world.reset(AT_US, vantage, stated=stated, transfer_us=5 * MINUTE_US, end_of_rib=end_of_rib)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert phases(report) == ["normal"]


@pytest.mark.parametrize("end_of_rib", [True, False])
def test_every_session_resetting_is_blindness_for_a_while(tmp_path: Path, end_of_rib: bool) -> None:
    scene = Scene()
    for vantage in scene.vantages:
        scene.world.reset(AT_US, vantage, transfer_us=10 * MINUTE_US, end_of_rib=end_of_rib)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert phases(report) == ["normal", "blind", "normal"]


def test_stuck_routes_at_a_minority_keep_nobody_up(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + HOUR_US, scene.vantages[:8])
    report = judged(scene, tmp_path)
    (outage,) = report.outages
    assert outage.duration_seconds == pytest.approx(3600, abs=20)
    assert phases(report) == ["normal", "offline", "normal"]


def test_damped_peers_do_not_make_the_return_late(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + HOUR_US, scene.vantages[:8])
    scene.lose(AT_US, AT_US + 2 * HOUR_US, scene.vantages[8:])
    (outage,) = judged(scene, tmp_path).outages
    assert outage.duration_seconds == pytest.approx(3600, abs=20)


def test_a_slow_table_transfer(tmp_path: Path) -> None:
    scene = Scene()
    for vantage in scene.vantages[:5]:
        scene.world.reset(AT_US, vantage, transfer_us=2 * HOUR_US, end_of_rib=False)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)


def test_a_peer_that_appears_late_without_the_networks(tmp_path: Path) -> None:
    scene = Scene()
    for index in range(14):
        late = scene.add("rrc00", 64600 + index, f"192.0.2.{100 + index}", BACKGROUND, up=False)
        scene.world.up(AT_US + index * SECOND_US, late, transfer_us=MINUTE_US)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)


def test_a_domestic_peer_that_keeps_routes_does_not_vote(tmp_path: Path) -> None:
    scene = Scene()
    inside = scene.add("rrc00", 131279, "175.45.176.1")
    scene.lose(AT_US, AT_US + HOUR_US, [vantage for vantage in scene.vantages if vantage is not inside])
    found = ask(scene.files(), tmp_path, scene.window)
    (outage,) = found.report.outages
    assert outage.complete
    series = next(series for series in found.report.series if series.family == "ipv4")
    during = series.time_us.searchsorted(AT_US + 30 * MINUTE_US, side="right") - 1
    assert (series.prefixes_visible[during], series.domestic_prefixes[during]) == (0, 4)


def test_an_hour_of_missing_files(tmp_path: Path) -> None:
    scene = Scene()
    hole = tuple((name, TimeSpan(AT_US, AT_US + HOUR_US)) for name in COLLECTORS)
    report = judged(scene, tmp_path, missing=hole)
    assert_nothing_happened(report)
    assert phases(report) == ["normal", "blind"]
    assert {gap.collector for gap in report.coverage.gaps} == set(COLLECTORS)


def test_a_table_after_missing_files_gives_sight_back(tmp_path: Path) -> None:
    scene = Scene()
    for name in COLLECTORS:
        scene.world.dump(AT_US + 2 * HOUR_US, name)
    hole = tuple((name, TimeSpan(AT_US, AT_US + HOUR_US)) for name in COLLECTORS)
    report = judged(scene, tmp_path, missing=hole)
    assert_nothing_happened(report)
    assert phases(report) == ["normal", "blind", "normal"]


def test_an_outage_that_begins_in_missing_files_starts_when_sight_returns(tmp_path: Path) -> None:
    scene = Scene()
    for name in COLLECTORS:
        scene.world.dump(AT_US + 2 * HOUR_US, name)
    scene.lose(AT_US + 30 * MINUTE_US, AT_US + 3 * HOUR_US)
    hole = tuple((name, TimeSpan(AT_US, AT_US + HOUR_US)) for name in COLLECTORS)
    report = judged(scene, tmp_path, missing=hole)
    assert phases(report) == ["normal", "blind", "offline", "normal"]
    (outage,) = report.outages
    blind = report.phases[1].span
    assert (outage.start_earliest_us, outage.start_us) == (blind.from_us, blind.until_us)


def test_a_table_in_the_middle_of_the_window_changes_nothing(tmp_path: Path) -> None:
    scene = Scene()
    for name in COLLECTORS:
        scene.world.dump(AT_US, name)
    scene.lose(AT_US + HOUR_US, AT_US + 2 * HOUR_US)
    for name in COLLECTORS:
        scene.world.dump(AT_US + 90 * MINUTE_US, name)
    report = judged(scene, tmp_path)
    assert phases(report) == ["normal", "offline", "normal"]
    assert [item.value for item in report.evidence if item.id == "ipv4/rib-mismatches"] == [0]


def test_dumps_that_met_no_session_that_was_up_compare_nothing(tmp_path: Path) -> None:
    scene = Scene()
    first = judged(scene, tmp_path / "first")
    assert [item.value for item in first.evidence if item.id == "ipv4/rib-mismatches"] == [None]
    scene.world.dump(AT_US, COLLECTORS[0])
    second = judged(scene, tmp_path / "second")
    assert [item.value for item in second.evidence if item.id == "ipv4/rib-mismatches"] == [0]


def test_one_asn_that_feeds_several_collectors_votes_once(tmp_path: Path) -> None:
    scene = Scene(peers=(3333, 1299, 3356, 2914, 6939, 174))
    for index, name in enumerate(COLLECTORS):
        for more in range(4):
            scene.add(name, 3333, f"192.0.2.{50 + 10 * index + more}")
    one = [vantage for vantage in scene.vantages if vantage.peer.asn == 3333]
    scene.lose(AT_US, AT_US + HOUR_US, one)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert report.coverage.voters == 6


def test_voters_leaving_without_withdrawals_start_nothing(tmp_path: Path) -> None:
    # Seven of twelve carry the networks; four of the seven leave for good: three of eight remain.
    scene = Scene(peers=PEERS_THAT_CARRY)
    for index in range(5):
        scene.add(COLLECTORS[index % 3], 64700 + index, f"192.0.2.{80 + index}", BACKGROUND)
    for vantage in scene.vantages[:4]:
        scene.world.down(AT_US, vantage)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)


def test_a_peer_that_loses_its_upstream_ceases_to_vote(tmp_path: Path) -> None:
    scene = Scene()
    for vantage in scene.vantages[:6]:
        scene.world.withdraw(AT_US, vantage, BACKGROUND + NATIONAL)
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)


@pytest.mark.parametrize("dwindling", [4, 7])
def test_feeds_that_dwindle_little_by_little_take_nobody_with_them(tmp_path: Path, dwindling: int) -> None:
    # The country is among the last things that they give up; seven of twelve are most of the voters, and
    # the median of their tables sinks with them, to half.
    scene = Scene()
    for vantage in scene.vantages[:dwindling]:
        for number, prefix in enumerate((*BACKGROUND[:36], *NATIONAL)):
            scene.world.withdraw(START_US + HOUR_US + number * 3 * MINUTE_US, vantage, [prefix])
    report = judged(scene, tmp_path)
    assert_nothing_happened(report)
    assert phases(report)[-1] == ("blind" if dwindling == 7 else "normal")


def test_identical_and_overlapping_files_count_once(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + HOUR_US)
    plain = judged(scene, tmp_path / "plain")
    twice = [*scene.files(), *((f"again/{name}", data) for name, data in scene.files())]
    overlapping = [*scene.files(), *scene.files(slot_us=HOUR_US)]
    for name, files in (("twice", twice), ("overlapping", overlapping)):
        other = ask(files, tmp_path / name, scene.window).report
        assert (other.phases, other.outages, other.baseline) == (plain.phases, plain.outages, plain.baseline)


@pytest.mark.parametrize("table_first", [True, False])
def test_a_peer_that_two_byte_messages_call_as_trans_is_the_one_that_the_table_names(
    tmp_path: Path, table_first: bool
) -> None:
    scene = Scene(peers=PEERS_THAT_CARRY)
    scene.world.collector("route-views2", asn_bytes=2)
    for index in range(9):
        scene.add("route-views2", 196_608 + index, f"192.0.2.{150 + index}")
    scene.world.dump(START_US if table_first else START_US + 10 * MINUTE_US, "route-views2")
    scene.world.chatter("route-views2", START_US, scene.until_us)
    scene.lose(AT_US, AT_US + HOUR_US)
    report = judged(scene, tmp_path)
    assert phases(report) == ["normal", "offline", "normal"]
    assert report.coverage.voters == report.coverage.peers == len(PEERS_THAT_CARRY) + 9
    (outage,) = report.outages
    assert outage.complete
    held = next(item.value for item in report.evidence if item.id == "cause.holders")
    assert held == {"share": 0.0, "asns": ()}


def test_a_table_of_hardly_more_than_one_country_still_shows_its_loss(tmp_path: Path) -> None:
    scene = Scene(peers=())
    for index in range(12):
        scene.add(COLLECTORS[index % 3], 3333 + index, f"192.0.2.{100 + index}", (*NATIONAL, BACKGROUND[0]))
    scene.lose(AT_US, AT_US + 2 * HOUR_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    (outage,) = report.outages
    assert outage.complete
    assert outage.start_us == pytest.approx(AT_US, abs=70 * SECOND_US)
    assert outage.end_us == pytest.approx(AT_US + 2 * HOUR_US, abs=70 * SECOND_US)
