"""What is lost too slowly or too little for an outage is told all the same, and unrest before one is not denied."""

from pathlib import Path

from gonedark.cause.claims.check import judged
from gonedark.delegation.names import place_of
from gonedark.model.claim import Claim
from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from gonedark.publish.bars import bars
from gonedark.publish.headline import headline
from gonedark.publish.text import render
from worlds import NATIONAL, START_US, Scene, ask

PARTS = tuple(Prefix.parse(f"175.45.{176 + part // 8}.{part % 8 * 32}/27") for part in range(32))


def in_parts(scene: Scene) -> Scene:
    """The same country, announced as 32 networks."""
    for vantage in scene.vantages:
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        scene.world.hold(vantage, PARTS, (vantage.peer.asn, 4837, 131279))
    return scene


GONE_US, BACK_US = START_US + 8 * HOUR_US, START_US + 23 * HOUR_US


def without_a_network() -> Scene:
    """The same in two networks over different providers, of which the small one is gone from GONE_US until BACK_US."""
    scene = Scene(hours=30, every_us=14 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        peer, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.hold(vantage, PARTS[3:], (peer, 4837, 131279))
        scene.world.hold(vantage, PARTS[:3], (peer, 1239, 131280))
        scene.world.withdraw(GONE_US + jitter_us, vantage, PARTS[:3])
        scene.world.announce(BACK_US + jitter_us, vantage, PARTS[:3], (peer, 1239, 131280))
    return scene


def test_a_country_that_dwindles_for_days_is_not_called_as_visible_as_ever(tmp_path: Path) -> None:
    scene = in_parts(Scene(hours=120, every_us=14 * MINUTE_US))
    for number, prefix in enumerate(PARTS[:8]):
        for index, vantage in enumerate(scene.vantages):
            at_us = START_US + 4 * HOUR_US + number * 12 * HOUR_US
            scene.world.withdraw(at_us + index * SECOND_US, vantage, [prefix])
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.outages == ()
    assert (report.baseline.prefixes_v4, report.baseline.addresses_v4) == (32, 1024)
    said = headline(report, place_of("KP"))
    assert said.title == "No sudden Internet outage was seen in North Korea"
    assert "25% of its usual addresses went little by little, from 1,024 to 768, between 2014-12-22" in said.sentence
    assert "stayed visible" not in said.sentence
    assert any(
        "from 1,024 addresses" in warning and "never as fast as an outage" in warning for warning in report.warnings
    )
    (told,) = [item for item in report.evidence if item.id == "ipv4/declined"]
    assert (told.value["usual"], told.value["fewest"], told.value["last"]) == (1024, 768, 768)


def test_what_was_gone_for_hours_belongs_to_the_usual_of_a_quiet_window(tmp_path: Path) -> None:
    scene = in_parts(Scene(hours=24, every_us=14 * MINUTE_US))
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US + 4 * HOUR_US + index * SECOND_US, vantage, PARTS[:3])
        path = (vantage.peer.asn, 4837, 131279)
        scene.world.announce(START_US + 22 * HOUR_US + index * SECOND_US, vantage, PARTS[:3], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.outages == ()
    assert report.baseline.prefixes_v4 == 32
    assert "at least 29 of its 32 networks stayed visible" in headline(report, place_of("KP")).sentence
    # Nor does the chart draw 29 of 32 as it draws all of them.
    assert {"▇", "█"} <= set(bars(report, "ipv4", 100)[1])


def test_a_network_that_is_gone_as_a_whole_is_told_though_the_country_is_not(tmp_path: Path) -> None:
    scene = without_a_network()
    for index, vantage in enumerate(scene.vantages):
        peer, jitter_us = vantage.peer.asn, index * SECOND_US
        # A third of it is back for a while, as when a repair is tried.
        scene.world.announce(GONE_US + 5 * HOUR_US + jitter_us, vantage, PARTS[:1], (peer, 1239, 131280))
        scene.world.withdraw(GONE_US + 6 * HOUR_US + jitter_us, vantage, PARTS[:1])
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.outages == ()
    said = headline(report, place_of("KP"))
    assert said.title == "No national Internet outage was seen in North Korea"
    (told,) = [text for text in said.more if "as a whole" in text]
    assert told.startswith("AS131280")
    assert "with 9% of the country's addresses, was gone as a whole from 2014-12-22 08:00 UTC until 23:00 UTC" in told
    (item,) = [item for item in report.evidence if item.id.startswith("ipv4/network-gone/")]
    assert item.id == "ipv4/network-gone/AS131280"
    assert item.value["addresses"] == 96
    # Who denies that there was an outage is not simply right.
    denial = Claim("c1", "somebody", None, "a paper", "words", "outage", {}, denied=True)
    (verdict,) = judged(report, [denial], place=place_of("KP")).claims or ()
    assert verdict.verdict == "unclear"
    assert "a whole network was gone" in verdict.reason


def test_a_network_that_is_gone_is_named_by_who_announced_it_then(tmp_path: Path) -> None:
    scene = without_a_network()
    for vantage in scene.vantages:
        path = (vantage.peer.asn, 1239, 64501)
        scene.world.announce(GONE_US - 2 * HOUR_US, vantage, PARTS[:3], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert [item.id for item in report.evidence if "network-gone" in item.id] == ["ipv4/network-gone/AS64501"]


def test_a_short_outage_does_not_hide_that_a_network_was_gone_for_much_longer(tmp_path: Path) -> None:
    scene = without_a_network()
    for index, vantage in enumerate(scene.vantages):
        peer, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.withdraw(GONE_US + 2 * HOUR_US + jitter_us, vantage, PARTS[3:11])
        scene.world.announce(GONE_US + 3 * HOUR_US + jitter_us, vantage, PARTS[3:11], (peer, 4837, 131279))
    report = ask(scene.files(), tmp_path, scene.window).report
    assert len(report.outages) == 1
    (told,) = [text for text in headline(report, place_of("KP")).more if "as a whole" in text]
    assert told.startswith("AS131280")
    assert told.endswith("until 23:00 UTC; the country was for less than half of that time.")
    assert [item.id for item in report.evidence if "network-gone" in item.id] == ["ipv4/network-gone/AS131280"]


def restless(folder: Path) -> Report:
    """Half a day of flaps, then half a day of calm, then an outage. Routers look for other ways before they give up."""
    scene = Scene(hours=44, every_us=14 * MINUTE_US)
    for flap in range(12):
        at_us = START_US + 14 * HOUR_US + flap * HOUR_US
        scene.lose(at_us, at_us + 4 * MINUTE_US)
    gone_us = START_US + 38 * HOUR_US
    for index, vantage in enumerate(scene.vantages):
        scene.world.announce(gone_us - index * SECOND_US, vantage, NATIONAL, (vantage.peer.asn, 9002, 64499, 131279))
    scene.lose(gone_us + 10 * SECOND_US, gone_us + 2 * HOUR_US)
    return ask(scene.files(), folder, scene.window).report


def test_unrest_half_a_day_before_is_not_denied(tmp_path: Path) -> None:
    report = restless(tmp_path)
    (outage,) = report.outages
    assert outage.lead_up is None
    (told,) = [item for item in report.evidence if item.id == "cause.lead-up"]
    assert told.statement == "Nothing led up to it in the 12.9 hours since the unrest before."
    text = " ".join(render(report, place_of("KP")).decode().split())
    assert "Nothing led up to it in the 12 h 56 min since the unrest before." in text
    assert "Its IPv4 routes were unstable for 11 h 3 min, at other times than its outages." in text
    assert "in the 2 days before" not in text
    # The ways that routers tried in the last seconds are none that the country was reached over.
    assert outage.restoration is not None
    assert outage.restoration.providers_before == (4837,)
    assert outage.restoration.same_providers
    assert "It came back over the same provider as before, AS4837" in text


def test_an_outage_soon_after_another_says_why_nothing_is_said_of_the_time_before(tmp_path: Path) -> None:
    scene = Scene(hours=14, every_us=5 * MINUTE_US)
    scene.lose(START_US + 4 * HOUR_US, START_US + 6 * HOUR_US)
    scene.lose(START_US + 9 * HOUR_US, START_US + 12 * HOUR_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.cause is not None
    assert report.cause.outage == report.outages[-1].id
    (told,) = [item for item in report.evidence if item.id == "cause.lead-up"]
    assert told.value is None
    assert told.statement == "Not observable: an outage or unrest a few hours before would hide what led up to it."


def test_the_list_of_outages_tears_no_name_apart(tmp_path: Path) -> None:
    scene = Scene(hours=14, every_us=5 * MINUTE_US)
    scene.lose(START_US + 4 * HOUR_US + 123_456, START_US + 6 * HOUR_US)
    scene.lose(START_US + 9 * HOUR_US + 654_321, START_US + 12 * HOUR_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    rows = render(report, place_of("KP")).decode().split("\nOUTAGES\n")[1].splitlines()[1:3]
    assert [row.split()[0] for row in rows] == [outage.id for outage in report.outages]


def test_flaps_of_less_than_a_minute_are_no_calm(tmp_path: Path) -> None:
    scene = Scene(hours=20)
    gone_us = START_US + 12 * HOUR_US
    for flap in range(1, 12):
        at_us = gone_us - flap * 3 * MINUTE_US
        scene.lose(at_us, at_us + 45 * SECOND_US)
    scene.lose(gone_us, gone_us + 2 * HOUR_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert len(report.outages) == 1
    (told,) = [item for item in report.evidence if item.id == "cause.lead-up"]
    assert told.value is None
    assert told.statement == "Not observable: an outage or unrest a few hours before would hide what led up to it."
    assert report.cause is not None
    assert {item.id: item.stance for item in report.cause.hypotheses}["attack-or-overload"] != "less-likely"
