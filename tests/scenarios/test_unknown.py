"""Unknown is never zero: what nobody looked at is null in a report, what was looked at and found empty is 0."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
from jsonschema import Draft202012Validator

from gonedark.cause.claims.check import judged
from gonedark.delegation.registry import load_registry
from gonedark.investigate import Investigation
from gonedark.model.claim import Claim
from gonedark.model.gravity import gravest
from gonedark.model.prefix import Prefix
from gonedark.model.report import Baseline, Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from gonedark.publish.headline import headline
from gonedark.publish.html import render as render_page
from gonedark.publish.json import document, render, schema
from gonedark.publish.reading import parse
from gonedark.publish.series import render_csv, render_parquet
from gonedark.publish.statement import statement
from gonedark.publish.text import render as render_text
from gonedark.scenario.world import World
from worlds import BACKGROUND, COLLECTORS, NATIONAL, PEERS, START_US, Scene, ask, phases

SIX = tuple(Prefix.parse(f"2001:db8:{third:x}::/48") for third in range(40))
NOTHING = Baseline(None, None, None, None, None, None)


def watched_in_both(voters: int) -> Scene:
    """All four IPv4 networks are there; as many sessions also carry the IPv6 of others, in which the country has none.

    A session's address decides its family, so IPv6 comes over sessions of its own.
    """
    scene = Scene()
    for index in range(voters):
        scene.add(COLLECTORS[index % 3], PEERS[index], f"2001:7f8::{index + 1:x}", SIX)
    for name in COLLECTORS:
        scene.world.dump(START_US, name)
    return scene


def counts(baseline: Baseline) -> tuple[int | None, ...]:
    return baseline.prefixes_v4, baseline.addresses_v4, baseline.prefixes_v6, baseline.slash48s_v6


def test_tables_alone_show_an_outage_that_lies_between_them(tmp_path: Path) -> None:
    scene = Scene(hours=24)
    for name in COLLECTORS:
        for hour in range(2, 24, 2):
            scene.world.dump(START_US + hour * HOUR_US, name)
    scene.lose(START_US + 7 * HOUR_US, START_US + 17 * HOUR_US)
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    report = ask(tables, tmp_path, scene.window).report
    (outage,) = report.outages
    assert (outage.start_us, outage.end_us) == (START_US + 8 * HOUR_US, START_US + 18 * HOUR_US)
    assert outage.start_earliest_us == START_US + 6 * HOUR_US + SECOND_US
    assert outage.end_earliest_us == START_US + 16 * HOUR_US + SECOND_US
    assert {phase.phase for phase in report.phases} == {"normal", "blind", "offline"}
    text = render_text(report, None).decode()
    told = headline(report, None)
    assert told.title == (
        "North Korea was missing from the routing tables of all 5 moments between 2014-12-22 08:00 UTC and 16:00 UTC"
    )
    assert told.detail == (
        "All 4 of its networks (1,024 addresses) were unreachable; all was as usual at 2014-12-22 06:00 UTC, and again "
        "at 18:00 UTC; nobody watched between the tables: it lasted 8 h to 12 h if without a break."
    )
    assert "8 h to 12 h, seen at 5 moments" in text
    assert "Gone at        5 moments, without any visible network" in text
    assert "Networks lost  AS131279" in text
    assert outage.restoration is not None
    assert outage.restoration.providers_before == outage.restoration.providers_after == (4837,)
    assert not re.search(r"\b\d+ s\b.*UTC|at least \d+ s\b|off the Internet", text.split("THRESHOLDS")[0])
    values = {item.id: item.value for item in report.evidence}
    assert values["cause.withdrawals"] == {"voters": 0, "collectors": 0}
    # The hours of the tables are no times of the outage: nothing is read from them by any clock.
    for identity in ("cause.duration", "cause.round-minutes", "cause.onset-spread", "cause.recurrence"):
        assert values[identity] is None
    assert values["cause.order"]["order"] == []
    statements = {item.id: item.statement for item in report.evidence}
    assert statements["cause.round-minutes"].startswith("Not observable: the beginning lies")
    # It lasted 8 to 12 hours and began between 6:00 and 8:00.
    assert verdict(report, "duration", relation="about", hours=12.0) == "unclear"
    assert verdict(report, "duration", relation="at-least", hours=7.0) == "supported"
    assert verdict(report, "duration", relation="about", hours=30.0) == "contradicted"
    assert verdict(report, "start-time", time=START_US + 7 * HOUR_US) == "unclear"
    assert verdict(report, "start-time", time=START_US) == "contradicted"
    assert verdict(report, "on-day", event="start", date="2014-12-22") == "supported"


def verdict(report: Report, kind: str, **states: object) -> str:
    claim = Claim("c1", "somebody", None, "a paper", "words", kind, states, False)
    claims = judged(report, [claim], place=None, country_of=lambda _: None).claims
    assert claims is not None
    return claims[0].verdict


def test_a_single_table_without_the_country_is_neither_normal_nor_an_outage(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(START_US + 2 * HOUR_US, None)
    for name in COLLECTORS:
        scene.world.dump(START_US + 5 * HOUR_US, name)
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    report = ask(tables, tmp_path, TimeSpan(START_US, scene.until_us)).report
    assert report.outages == ()
    assert phases(report) == ["normal", "blind", "blind", "blind"]
    assert (report.phases[2].prefixes_visible_min, report.phases[2].addresses_max) == (0, 0)
    text = " ".join(render_text(report, None).decode().split())
    assert text.startswith("North Korea was missing from the routing tables of 2014-12-22 05:00 UTC ")
    assert "05:00 UTC: at 2014-12-22 05:00 UTC none of its 4 networks was visible; for how long is not known" in text
    said = statement(document(report))
    assert said is not None
    assert "At 2014-12-22 05:00 UTC none of its 4 networks was visible; for how long is not known" in said.text
    assert "until 05:00 UTC (and 1 other stretch): no complete table since 2014-12-22T00:00:01Z" in text


def test_a_table_between_missing_updates_shows_its_moment_only(tmp_path: Path) -> None:
    scene = Scene(hours=14)
    for name in COLLECTORS:
        scene.world.dump(START_US + 6 * HOUR_US, name)
    scene.lose(START_US + 7 * HOUR_US, START_US + 8 * HOUR_US)
    missing = TimeSpan(START_US + 3 * HOUR_US, START_US + 10 * HOUR_US)
    updates = scene.files(missing=[(name, missing) for name in COLLECTORS])
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    report = ask([*updates, *tables], tmp_path, scene.window).report
    assert phases(report) == ["normal", "blind", "normal", "blind"]
    seen, hidden = report.phases[2:]
    assert seen.span == TimeSpan(START_US + 6 * HOUR_US, START_US + 6 * HOUR_US + SECOND_US)
    assert hidden.reason == "no complete table since 2014-12-22T06:00:01Z: updates are missing, or sessions down"


def test_tables_of_a_few_prefixes_are_not_taken_for_full_without_a_word(tmp_path: Path) -> None:
    report = ask(Scene().files(), tmp_path, Scene().window).report
    (text,) = [text for text in report.warnings if "no peer gave a full table" in text]
    assert f"has {len(NATIONAL) + len(BACKGROUND)} IPv4 prefixes, and the Internet had over 100,000" in text


def test_data_that_begin_inside_an_outage_are_not_called_quiet(tmp_path: Path) -> None:
    scene = Scene(hours=24)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL[1:])
        path = (vantage.peer.asn, 4837, 131279)
        scene.world.announce(START_US + 10 * HOUR_US + index * SECOND_US, vantage, NATIONAL[1:], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.outages == ()
    (told,) = [item for item in report.evidence if item.id == "ipv4/grown"]
    assert told.value == {"first": 256, "usual": 1024, "since": "2014-12-22T10:00:05Z"}
    assert any("an outage may have been going on when the data begin." in text for text in report.warnings)
    text = " ".join(render_text(report, None).decode().split())
    assert "No new Internet outage was seen in North Korea: when the data begin only 256 addresses of it were" in text
    assert "not for as long as an outage takes" not in text


def test_a_family_without_any_table_is_unknown(tmp_path: Path) -> None:
    scene = Scene()
    report = ask(scene.files(), tmp_path, scene.window).report
    assert counts(report.baseline) == (4, 1024, None, None)


def test_a_family_that_was_watched_and_found_empty_is_zero(tmp_path: Path) -> None:
    scene = watched_in_both(9)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert counts(report.baseline) == (4, 1024, 0, 0)


def test_too_few_voters_cannot_tell_that_a_family_is_empty(tmp_path: Path) -> None:
    scene = watched_in_both(3)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert counts(report.baseline) == (4, 1024, None, None)


def never_announced(tmp_path: Path, peers: int) -> Investigation:
    world = World()
    world.collector("rrc00")
    for index in range(peers):
        world.hold(world.session("rrc00", PEERS[index], f"192.0.2.{index + 1}"), BACKGROUND, (PEERS[index], 64500))
    world.dump(START_US, "rrc00")
    world.chatter("rrc00", START_US, START_US + 3 * HOUR_US, every_us=MINUTE_US)
    return ask(list(world.files()), tmp_path, TimeSpan(START_US + HOUR_US, START_US + 3 * HOUR_US))


def test_without_a_baseline_nothing_is_known_of_what_is_usual(tmp_path: Path) -> None:
    report = never_announced(tmp_path, 9).report
    assert report.baseline == NOTHING
    assert {phase.reason for phase in report.phases} == {
        "nothing announced when the data begin; 1,024 addresses are delegated"
    }
    told = json.loads(render(report))
    assert set(told["baseline"].values()) == {None}
    Draft202012Validator(schema()).validate(told)
    assert parse(render(report)).baseline == NOTHING


def test_too_few_voters_do_not_show_that_nothing_is_announced(tmp_path: Path) -> None:
    report = never_announced(tmp_path, 2).report
    assert report.baseline == NOTHING
    (phase,) = report.phases
    assert phase.phase == "blind"
    assert phase.reason == "too few voters to tell a loss; 1,024 addresses are delegated"


def test_every_face_of_a_report_without_a_baseline_says_unknown(tmp_path: Path) -> None:
    report = never_announced(tmp_path, 9).report
    text = render_text(report).decode()
    assert "Normally there  unknown" in text
    assert "0 networks" not in text
    assert "Nothing can be said" in render_page(report).decode()
    assert render_csv(report).count(b"\n") == 1
    assert pq.read_table(io.BytesIO(render_parquet(report))).num_rows == 0


SECOND = ((4837, 131279), (20485, 131279))


def two_providers() -> Scene:
    """Three networks over one provider and one over another; the three go while all collectors are silent."""
    scene = Scene(peers=())
    silent_us, heard_us = START_US + 3 * HOUR_US, START_US + 4 * HOUR_US
    for index, asn in enumerate(PEERS):
        vantage = scene.world.session(COLLECTORS[index % 3], asn, f"192.0.2.{index + 1}")
        scene.world.hold(vantage, BACKGROUND, (asn, 64500))
        scene.world.hold(vantage, NATIONAL[:3], (asn, *SECOND[0]))
        scene.world.hold(vantage, NATIONAL[3:], (asn, *SECOND[1]))
        scene.world.withdraw(silent_us + 30 * MINUTE_US, vantage, NATIONAL[:3])
        scene.world.announce(heard_us + 2 * HOUR_US, vantage, NATIONAL[:3], (asn, *SECOND[0]))
    for name in COLLECTORS:
        scene.world.silence(name, silent_us, heard_us)
        scene.world.dump(heard_us + MINUTE_US, name)
    return scene


def test_providers_before_a_fall_that_nobody_saw_are_those_before_the_blindness(tmp_path: Path) -> None:
    scene = two_providers()
    report = ask(scene.files(slot_us=15 * MINUTE_US), tmp_path, scene.window).report
    (outage,) = report.outages
    assert outage.start_earliest_us is not None
    assert outage.start_us is not None
    assert outage.start_us - outage.start_earliest_us > HOUR_US // 2
    assert outage.restoration is not None
    assert outage.restoration.providers_before == (4837, 20485)
    assert outage.restoration.same_providers


def egyptian() -> tuple[Prefix, Prefix]:
    """A /16 of IPv4 and a /32 of IPv6 that are delegated to Egypt."""
    ranges = load_registry(None, START_US).attribution("EG").ranges
    four = next(int(first) for first, last in ranges["ipv4"].tolist() if last - first >= 65535)
    six = next(int(first) for first, last in ranges["ipv6"].tolist() if last - first >= (1 << 32) - 1)
    return Prefix("ipv4", four, 16), Prefix("ipv6", six << 64, 32)


def late_table(tmp_path: Path) -> Report:
    """The first table comes an hour after the window opens."""
    scene = Scene()
    return ask(scene.files(), tmp_path, TimeSpan(START_US - HOUR_US, scene.until_us)).report


def test_before_the_first_table_neither_yardstick_nor_electorate_is_known(tmp_path: Path) -> None:
    report = late_table(tmp_path)
    first = pq.read_table(io.BytesIO(render_parquet(report))).to_pylist()[0]
    assert first["blind"]
    assert (first["baseline_addresses"], first["expected_voters"], first["voters"]) == (None, None, 0)
    second = render_csv(report).decode().splitlines()[1].split(",")
    assert second[-4:] == ["", "0", "", ""]


def test_a_family_whose_table_came_after_the_event_tells_its_own_baseline(tmp_path: Path) -> None:
    """IPv4 goes before the first IPv6 table is there: IPv6 is judged all the same, and by a baseline that is told."""
    world = World()
    four, six = egyptian()
    for name in COLLECTORS:
        world.collector(name)
    for index in range(9):
        asn = 3333 + index
        old = world.session(COLLECTORS[index % 3], asn, f"192.0.2.{index + 1}")
        world.hold(old, (four, *BACKGROUND), (asn, 8452))
        world.withdraw(START_US + 2 * HOUR_US, old, (four,))
        world.announce(START_US + 3 * HOUR_US, old, (four,), (asn, 8452))
        new = world.session(COLLECTORS[index % 3], asn, f"2001:7f8::{index + 1:x}", up=False)
        world.up(START_US + 4 * HOUR_US, new)
        world.announce(START_US + 4 * HOUR_US, new, (six, *SIX), (asn, 8452))
    for name in COLLECTORS:
        world.dump(START_US, name)
        world.chatter(name, START_US, START_US + 8 * HOUR_US, every_us=MINUTE_US)
        world.dump(START_US + 5 * HOUR_US, name)
    report = ask(list(world.files()), tmp_path, TimeSpan(START_US + HOUR_US, START_US + 8 * HOUR_US), "EG").report
    assert [outage.family for outage in report.outages] == ["ipv4"]
    assert {phase.phase for phase in report.phases if phase.family == "ipv6"} == {"blind", "normal"}
    assert report.baseline.prefixes_v6 == 1
    assert document(report)["baseline"]["slash48s_v6"] == 65536


def tables_alone(folder: Path, lost: Sequence[tuple[float, float]], prefixes: Sequence[Prefix] = NATIONAL) -> Report:
    """Tables each eight hours for three days, and no updates; some prefixes are away for some hours."""
    scene = Scene(hours=72)
    for name in COLLECTORS:
        for hour in range(8, 72, 8):
            scene.world.dump(START_US + hour * HOUR_US, name)
    for index, vantage in enumerate(scene.vantages):
        for gone, back in lost:
            at_us, back_us = (START_US + int(hours * HOUR_US) + index * SECOND_US for hours in (gone, back))
            scene.world.withdraw(at_us, vantage, prefixes)
            scene.world.announce(back_us, vantage, prefixes, (vantage.peer.asn, 4837, 131279))
    tables = [(name, data) for name, data in scene.files() if "updates" not in name]
    return ask(tables, folder, scene.window).report


def test_a_part_that_tables_alone_show_lost_is_told_by_their_moments(tmp_path: Path) -> None:
    report = tables_alone(tmp_path, [(15, 30)], NATIONAL[:2])
    told = headline(report, None)
    assert told.title == (
        "North Korea lacked 2 of its 4 networks in the routing tables of 2014-12-22 16:00 UTC and 00:00 UTC the next "
        "day"
    )
    assert told.detail.startswith("At the worst moment only 2 of its 4 networks and 512 of its 1,024 addresses were")
    assert told.detail.endswith("it lasted 8 h to 24 h if without a break.")


def test_a_last_table_with_the_country_is_no_part_of_its_outage(tmp_path: Path) -> None:
    """Nor is one in the midst of others without it: a moment ends nothing, and nobody is called off who was there."""
    for name, lost, moment in (("last", [(39, 57)], "2014-12-24 16:00"), ("midst", [(15, 30), (35, 54)], "08:00")):
        report = tables_alone(tmp_path / name, lost)
        assert [phase.prefixes_visible_max for phase in report.phases if phase.phase == "offline"]
        assert not any(phase.prefixes_visible_max for phase in report.phases if phase.phase == "offline")
        (seen,) = [phase for phase in report.phases if phase.phase == "blind" and phase.prefixes_visible_min]
        assert seen.prefixes_visible_min == 4
        for outage in report.outages:
            assert not any(seen.span.overlap(dark) for dark in outage.dark)
        words = " ".join(headline(report, None).more)
        assert f"{moment} UTC as much as usual was visible; whether it had returned for longer is not known" in words


def test_quiet_tables_are_told_as_far_as_they_go(tmp_path: Path) -> None:
    told = headline(tables_alone(tmp_path, []), None)
    assert told.title == "No Internet outage was seen in North Korea while it could be watched"
    assert "(1,024 addresses) stayed visible, as far as anybody watched, from 2014-12-22 08:00 UTC" in told.sentence


def test_between_which_tables_a_single_one_lies_without_the_country(tmp_path: Path) -> None:
    report = tables_alone(tmp_path, [(15, 20)])
    assert report.outages == ()
    told = headline(report, None)
    assert told.title == "North Korea was missing from the routing tables of 2014-12-22 16:00 UTC"
    assert "it was there at 2014-12-22 08:00 UTC and again at 00:00 UTC the next day" in told.sentence
    part = headline(tables_alone(tmp_path / "part", [(15, 20)], NATIONAL[:2]), None)
    assert part.title == "No lasting Internet outage was seen in North Korea while it could be watched"
    assert "only 512 of its 1,024 addresses were visible; for how long is not known" in part.sentence


def test_headline_and_cause_are_about_the_same_outage(tmp_path: Path) -> None:
    report = tables_alone(tmp_path, [(15, 30), (47, 90)])
    assert len(report.outages) == 2
    assert report.cause is not None
    main = gravest(report)
    assert main is not None
    assert main.id == report.cause.outage
    words = " ".join(headline(report, None).more)
    # Nobody knows how long two outages were that only tables show.
    assert "It was the gravest of 2 outages in this window." in words
