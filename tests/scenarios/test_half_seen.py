"""Time that nobody watched makes no outage: neither of a loss that was hardly seen, nor of one before the window."""

from pathlib import Path

import pytest

from gonedark.cause.claims.check import judged
from gonedark.model.claim import Claim
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from gonedark.publish.headline import headline
from gonedark.publish.json import document
from gonedark.publish.statement import statement
from worlds import COLLECTORS, NATIONAL, START_US, Scene, ask, phases

AT_US, HEARD_US = START_US + 4 * HOUR_US, START_US + 6 * HOUR_US
SEEN_US = 150 * SECOND_US


def hidden(folder: Path, lost_us: int, back_us: int | None, silent_us: int, heard_us: int | None) -> Report:
    """All networks are lost and come back; all collectors are silent for a time, and give tables after it."""
    scene = Scene()
    scene.lose(lost_us, back_us)
    for name in COLLECTORS:
        scene.world.silence(name, silent_us, heard_us)
        if heard_us is not None:
            scene.world.dump(heard_us, name)
    return ask(scene.files(slot_us=15 * MINUTE_US), folder, scene.window).report


def test_a_loss_watched_for_two_minutes_before_all_go_silent_is_no_outage(tmp_path: Path) -> None:
    report = hidden(tmp_path, AT_US, None, AT_US + SEEN_US, None)
    assert report.outages == ()
    told = headline(report, None)
    assert told.title == "No lasting Internet outage was seen in North Korea while it could be watched"
    assert told.detail.startswith(
        "When watching ended at 2014-12-22 04:02 UTC none of its 4 networks was visible, since 2014-12-22 04:00:07 "
        "UTC; whether that lasts for as long as an outage takes is not known"
    )


BEGUN, ENDED = "04:00:07 UTC until 04:02:01 UTC", "06:00:00 UTC until 06:02:36 UTC"


@pytest.mark.parametrize(
    ("lost_us", "back_us", "silent_us", "times", "unwatched"),
    [
        (AT_US, AT_US + HOUR_US, AT_US + SEEN_US, BEGUN, "after"),
        (AT_US + HOUR_US, HEARD_US + SEEN_US, AT_US, ENDED, "before"),
        (AT_US, HEARD_US + SEEN_US, AT_US + SEEN_US, f"{BEGUN} and from 2014-12-22 {ENDED}", "before and after"),
    ],
)
def test_blind_time_beside_a_loss_neither_makes_it_an_outage_nor_a_short_loss(
    tmp_path: Path, lost_us: int, back_us: int, silent_us: int, times: str, unwatched: str
) -> None:
    report = hidden(tmp_path, lost_us, back_us, silent_us, HEARD_US)
    assert report.outages == ()
    assert phases(report) == ["normal", "blind", "normal"]
    told = headline(report, None)
    words = (
        f"From 2014-12-22 {times} none of its 4 networks was visible; for how long is not known, since nobody could "
    )
    words += f"watch {unwatched}"
    assert told.detail.startswith(f"{words};")
    said = statement(document(report))
    assert said is not None
    assert f"{words}." in said.text
    assert "not for as long as an outage takes" not in told.sentence


def test_a_loss_that_was_over_within_five_minutes_is_short_whoever_watched(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + 200 * SECOND_US)
    for name in COLLECTORS:
        scene.world.dump(AT_US + 230 * SECOND_US, name)
    hole = TimeSpan(AT_US + 2 * MINUTE_US, AT_US + 3 * MINUTE_US)
    files = scene.files(slot_us=MINUTE_US, missing=[(name, hole) for name in COLLECTORS])
    report = ask(files, tmp_path, scene.window).report
    assert phases(report) == ["normal", "blind", "normal"]
    assert report.outages == ()
    assert "not for as long as an outage takes" in headline(report, None).sentence


def test_what_was_watched_for_long_enough_is_an_outage_over_blind_time_too(tmp_path: Path) -> None:
    report = hidden(tmp_path, AT_US, HEARD_US + SEEN_US, AT_US + 4 * MINUTE_US, HEARD_US)
    assert phases(report) == ["normal", "offline", "blind", "offline", "normal"]
    assert headline(report, None).title == "North Korea was off the Internet for at least 6 min 30 s"


def test_a_short_return_at_the_end_makes_no_outage_of_a_short_loss(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(scene.until_us - 6 * MINUTE_US, scene.until_us - 4 * MINUTE_US)
    assert ask(scene.files(), tmp_path, scene.window).report.outages == ()


def test_half_seen_losses_beside_an_outage_are_told(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(START_US + 2 * HOUR_US, START_US + 3 * HOUR_US)
    scene.lose(scene.until_us - 3 * MINUTE_US, None)
    told = headline(ask(scene.files(), tmp_path, scene.window).report, None)
    assert told.title == "North Korea was off the Internet for 1 h"
    assert any(words.startswith("When the window ended at 2014-12-22 08:00 UTC none of its 4") for words in told.more)


BACK_US = AT_US + HOUR_US


@pytest.fixture(scope="module")
def outage_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An hour without the country, which windows cut."""
    scene, folder = Scene(), tmp_path_factory.mktemp("before")
    scene.lose(AT_US, BACK_US)
    ask(scene.files(), folder, scene.window)
    return folder


def cut(folder: Path, from_us: int, until_us: int) -> Report:
    return ask([], folder, TimeSpan(from_us, until_us)).report


@pytest.mark.parametrize("seconds", [1, 50, 240])
def test_a_window_that_opens_after_the_return_shows_no_outage(outage_before: Path, seconds: int) -> None:
    report = cut(outage_before, BACK_US + 20 * SECOND_US, BACK_US + (20 + seconds) * SECOND_US)
    assert report.outages == ()
    assert phases(report) == ["normal"]
    told = headline(report, None)
    assert told.title == "No new Internet outage was seen in North Korea"
    assert told.detail.endswith(
        "less than usual had been visible from 2014-12-22 04:00 UTC until 05:00 UTC, before the window, and whether "
        "what came back then lasts is not known."
    )


@pytest.mark.parametrize("minutes", [1, 20])
def test_of_an_outage_whose_last_seconds_lie_in_the_window_only_these_are_told(
    outage_before: Path, minutes: int
) -> None:
    report = cut(outage_before, BACK_US, BACK_US + minutes * MINUTE_US)
    (outage,) = report.outages
    assert [span.from_us for span in outage.dark] == [BACK_US]
    told = headline(report, None)
    assert told.title == "North Korea was off the Internet when the window began"
    assert "unreachable when the window began at 2014-12-22 05:00:00 UTC, and until 05:00:06 UTC" in told.detail
    assert "tables" not in told.detail


def test_a_window_of_seconds_inside_an_outage_was_watched_before_and_after(outage_before: Path) -> None:
    report = cut(outage_before, AT_US + 10 * MINUTE_US, AT_US + 10 * MINUTE_US + 30 * SECOND_US)
    assert phases(report) == ["offline"]
    assert headline(report, None).title == "North Korea was off the Internet when the window began"


def test_a_window_in_the_first_minutes_of_a_loss_tells_since_when(outage_before: Path) -> None:
    report = cut(outage_before, AT_US + 20 * SECOND_US, AT_US + 50 * SECOND_US)
    assert phases(report) == ["normal"]
    assert "none of its 4 networks was visible, since 2014-12-22 04:00:07 UTC" in headline(report, None).detail


def test_depth_and_length_are_those_within_the_window(tmp_path: Path) -> None:
    scene = Scene()
    for index, vantage in enumerate(scene.vantages):
        path, jitter_us = (vantage.peer.asn, 4837, 131279), index * SECOND_US
        scene.world.withdraw(AT_US + jitter_us, vantage, NATIONAL)
        scene.world.announce(BACK_US + jitter_us, vantage, NATIONAL[:2], path)
        scene.world.announce(BACK_US + 2 * HOUR_US + jitter_us, vantage, NATIONAL[2:], path)
    files = list(scene.files())
    report = ask(files, tmp_path / "half", TimeSpan(BACK_US + MINUTE_US, scene.until_us)).report
    (outage,) = report.outages
    assert (outage.depth, outage.dark, outage.none_visible) == (0.5, (), ())
    assert headline(report, None).title == "North Korea lost 2 of its 4 networks for at least 1 h 59 min"
    report = ask(files, tmp_path / "edge", TimeSpan(BACK_US - 10 * MINUTE_US, scene.until_us)).report
    assert headline(report, None).title == "North Korea was off the Internet for at least 10 min"


def test_an_outage_that_was_over_when_tables_were_seen_again_is_none_of_the_window(tmp_path: Path) -> None:
    scene = Scene(hours=40)
    for name in COLLECTORS:
        for hour in range(8, 40, 8):
            scene.world.dump(START_US + hour * HOUR_US, name)
    scene.lose(START_US + 15 * HOUR_US, START_US + 30 * HOUR_US)
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    begun_us = START_US + 24 * HOUR_US + 10 * SECOND_US
    words = (
        "less than usual had been visible from 2014-12-22 16:00 UTC until 00:00 UTC the next day, before the window, "
    )
    words += "and when that ended is not known"
    report = ask(tables, tmp_path / "seen", TimeSpan(begun_us, scene.until_us)).report
    assert report.outages == ()
    assert words in headline(report, None).detail
    report = ask(tables, tmp_path / "blind", TimeSpan(begun_us, begun_us + HOUR_US)).report
    assert report.outages == ()
    told = headline(report, None)
    assert told.title == "Nothing can be said about North Korea in this window"
    assert words in told.sentence


def test_no_claim_is_supported_by_time_that_nobody_watched(tmp_path: Path) -> None:
    report = hidden(tmp_path, AT_US, None, AT_US + 10 * MINUTE_US, None)
    assert len(report.outages) == 1
    # It was watched for ten minutes of the four hours to the end of the window.
    claims = [
        Claim("long", "somebody", None, "", "", "duration", {"relation": "at-least", "hours": 1.0}, False),
        Claim("brief", "somebody", None, "", "", "duration", {"relation": "at-least", "hours": 0.1}, False),
        Claim(
            "late", "somebody", None, "", "", "outage", {"from": AT_US + HOUR_US, "until": AT_US + 2 * HOUR_US}, False
        ),
        Claim("back", "somebody", None, "", "", "restored", {"by": AT_US + 5 * MINUTE_US}, False),
        Claim("back later", "somebody", None, "", "", "restored", {"by": AT_US + HOUR_US}, False),
    ]
    found = judged(report, claims, place=None, country_of=lambda _: None).claims
    assert found is not None
    assert [one.verdict for one in found] == [
        "unclear",
        "supported",
        "not-observable",
        "contradicted",
        "not-observable",
    ]


def test_a_return_that_nobody_saw_is_neither_claimed_nor_denied(tmp_path: Path) -> None:
    report = hidden(tmp_path, AT_US, AT_US + HOUR_US, AT_US + 10 * MINUTE_US, HEARD_US)
    times = (AT_US + 5 * MINUTE_US, AT_US + HOUR_US, HEARD_US)
    claims = [Claim("back", "somebody", None, "", "", "restored", {"by": time_us}, False) for time_us in times]
    found = judged(report, claims, place=None, country_of=lambda _: None).claims
    assert found is not None
    assert [one.verdict for one in found] == ["contradicted", "unclear", "supported"]


def test_unwatched_hours_do_not_make_the_gravest_outage(tmp_path: Path) -> None:
    scene = Scene(hours=12)
    scene.lose(START_US + 2 * HOUR_US, START_US + 3 * HOUR_US)
    scene.lose(AT_US, None)
    for name in COLLECTORS:
        scene.world.silence(name, AT_US + 10 * MINUTE_US)
    report = ask(scene.files(slot_us=15 * MINUTE_US), tmp_path, scene.window).report
    assert len(report.outages) == 2
    assert headline(report, None).title == "North Korea was off the Internet for 1 h"


def test_tables_of_different_hours_are_a_part_of_the_voters_each_and_what_they_saw_is_told(tmp_path: Path) -> None:
    scene = Scene(hours=24, peers=tuple(range(3001, 3022)))
    for offset, name in enumerate(COLLECTORS):
        for hour in range(4 + 2 * offset, 24, 6):
            scene.world.dump(START_US + hour * HOUR_US, name)
    scene.lose(START_US + 9 * HOUR_US, START_US + 17 * HOUR_US)
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    report = ask(tables, tmp_path, scene.window).report
    assert report.outages == ()
    assert set(phases(report)) == {"blind"}
    told = headline(report, None)
    assert told.title == "Nothing can be said about North Korea in this window"
    words = (
        "between 2014-12-22 10:00 UTC and 16:00 UTC, while only 7 of 21 networks that usually watch could be asked, at "
        "the worst moment none of its 4 networks was visible to these; they are too few to tell a loss"
    )
    assert words in told.sentence
    assert "no complete table since 2014-12-22T00:00:01Z" in told.sentence
    assert "…" not in told.sentence


def test_what_is_left_of_the_watchers_is_told_where_it_saw_a_loss_alone(tmp_path: Path) -> None:
    scene = Scene(peers=tuple(range(3001, 3022)))
    for name in COLLECTORS[1:]:
        scene.world.crash(name, AT_US)
    report = ask(scene.files(slot_us=15 * MINUTE_US), tmp_path / "quiet", scene.window).report
    assert "fewer than half" in str(report.phases[1].reason)
    assert "too few to tell a loss" not in headline(report, None).sentence
    scene.lose(AT_US + HOUR_US, None)
    report = ask(scene.files(slot_us=15 * MINUTE_US), tmp_path / "lost", scene.window).report
    assert report.outages == ()
    assert (
        "7 of 21 networks that usually watch could be asked, at the worst moment none"
        in headline(report, None).sentence
    )


def test_losses_longer_than_an_outage_takes_elsewhere_are_told_as_they_were(tmp_path: Path) -> None:
    scene = Scene()
    for hours in (2, 4, 6):
        scene.lose(START_US + hours * HOUR_US, START_US + hours * HOUR_US + 20 * MINUTE_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert "unstable" in phases(report)
    assert report.outages == ()
    told = headline(report, None)
    assert told.detail.startswith(
        "At the worst moment none of its 4 networks was visible, but for under 30 min each time, while its routes were "
        "unstable (from"
    )


def test_an_outage_that_began_within_minutes_of_blind_time_is_told_with_these(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US + 4 * MINUTE_US, AT_US + 15 * MINUTE_US)
    hole = TimeSpan(AT_US + MINUTE_US, AT_US + 8 * MINUTE_US)
    for name in COLLECTORS:
        scene.world.dump(AT_US + 8 * MINUTE_US + 30 * SECOND_US, name)
    files = scene.files(slot_us=MINUTE_US, missing=[(name, hole) for name in COLLECTORS])
    told = headline(ask(files, tmp_path, scene.window).report, None)
    assert told.title == "North Korea was off the Internet for 6 min 31 s to 14 min"
    assert "unreachable from some time between 2014-12-22 04:01:01 UTC and 2014-12-22 04:08:30 UTC until" in told.detail


def test_outages_together_lasted_as_long_as_they_were_watched(tmp_path: Path) -> None:
    scene = Scene(hours=12)
    scene.lose(START_US + 2 * HOUR_US, START_US + 5 * HOUR_US)
    scene.lose(START_US + 8 * HOUR_US, START_US + 9 * HOUR_US)
    for name in COLLECTORS:
        scene.world.silence(name, START_US + 4 * HOUR_US, START_US + 6 * HOUR_US)
        scene.world.dump(START_US + 6 * HOUR_US, name)
    told = headline(ask(scene.files(slot_us=15 * MINUTE_US), tmp_path, scene.window).report, None)
    assert told.title == "North Korea was off the Internet for 2 h to 4 h"
    assert "It was the gravest of 2 outages in this window; together they lasted at least 2 h 59 min." in told.more


def test_a_table_without_the_country_is_told_where_it_is_all_that_was_seen(tmp_path: Path) -> None:
    scene = Scene(hours=20)
    for name in COLLECTORS:
        scene.world.dump(START_US + 8 * HOUR_US, name)
    scene.lose(START_US + 2 * HOUR_US, None)
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    report = ask(tables, tmp_path, scene.window).report
    assert set(phases(report)) == {"blind"}
    told = headline(report, None)
    assert told.title == "North Korea was missing from the routing tables of 2014-12-22 08:00 UTC"
    assert told.detail.startswith(
        "At 2014-12-22 08:00 UTC none of its 4 networks was visible; for how long is not known, since nobody could "
        "watch before and after; no complete table since 2014-12-22T00:00:01Z"
    )
    said = statement(document(report))
    assert said is not None
    assert "At 2014-12-22 08:00 UTC none of its 4 networks was visible" in said.text
