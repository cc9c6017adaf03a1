"""Networks registered abroad that announce a country's space are no providers of it, and are told."""

from collections.abc import Sequence
from pathlib import Path

from gonedark.delegation.names import place_of
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US
from gonedark.publish.text import render
from worlds import NATIONAL, START_US, Scene, ask

AT_US = START_US + 4 * HOUR_US
FOREIGN = (1221, 7473, 9498)


def announced_by(origins: Sequence[int | tuple[int, ...]], folder: Path) -> Report:
    """Each of the four networks is announced by one AS, or the last of several, over one provider; all go at once."""
    scene = Scene(every_us=5 * MINUTE_US, peers=(3333, 1299, 3356, 2914, 6939, 174, 3257, 6453))
    for vantage in scene.vantages:
        peer = vantage.peer.asn
        scene.world.withdraw(AT_US, vantage, NATIONAL)
        for prefix, origin in zip(NATIONAL, origins, strict=True):
            end = (origin,) if isinstance(origin, int) else origin
            scene.world.hold(vantage, [prefix], (peer, 4837, *end))
            scene.world.announce(AT_US + HOUR_US, vantage, [prefix], (peer, 4837, *end))
    return ask(scene.files(), folder, scene.window).report


def test_an_origin_abroad_is_no_provider(tmp_path: Path) -> None:
    report = announced_by((131279, *FOREIGN), tmp_path)
    (outage,) = report.outages
    assert outage.restoration is not None
    assert outage.restoration.providers_before == outage.restoration.providers_after == (4837,)
    assert report.cause is not None
    stances = {item.id: item.stance for item in report.cause.hypotheses}
    # One way in, which three registered abroad had turned into four.
    assert stances["cable-cut"] == "consistent"
    (told,) = [item.value for item in report.evidence if item.id == "ipv4/announced-abroad"]
    assert told == {"asns": [1221, 7473, 9498], "share": 0.75, "nameless": []}
    assert any(text.startswith("AS1221, AS7473, AS9498, not registered in the country") for text in report.warnings)


def test_a_country_announced_from_abroad_alone_has_unknown_providers(tmp_path: Path) -> None:
    report = announced_by((*FOREIGN, 1221), tmp_path)
    (outage,) = report.outages
    assert outage.complete
    assert outage.restoration is not None
    assert outage.restoration.same_providers is None
    values = {item.id: item.value for item in report.evidence}
    assert values["cause.providers"] is None
    assert values["ipv4/announced-abroad"]["share"] == 1.0


def test_a_country_that_announces_itself_is_not_told_of(tmp_path: Path) -> None:
    report = announced_by((131279,) * 4, tmp_path)
    assert not any(item.id == "ipv4/announced-abroad" for item in report.evidence)


def test_what_it_hangs_on_says_why_there_is_no_class(tmp_path: Path) -> None:
    report = announced_by((*FOREIGN, 1221), tmp_path)
    text = " ".join(render(report, place_of("KP")).decode().split())
    assert "512 (50%)" in text
    assert "Risk class (Renesys) none: all is announced by networks abroad, so that no border" in text
    assert "alone announces 50%" in text
    assert "the same foreign providers and border networks" not in text


def test_an_origin_for_private_use_counts_as_the_network_before_it_and_is_told(tmp_path: Path) -> None:
    report = announced_by((64512, 64512, 64513, 4200000001), tmp_path)
    (told,) = [item.value for item in report.evidence if item.id == "ipv4/announced-abroad"]
    assert told == {"asns": [4837], "share": 1.0, "nameless": [64512, 64513, 4200000001]}
    # What the report says it hangs on names the same network.
    assert [row["asn"] for row in report.exposure["census"]["foreign_origins"]] == [4837]
    (words,) = [text for text in report.warnings if "not registered in the country" in text]
    assert words.startswith("AS4837, not registered in the country, announces 100 % of its usual addresses.")
    assert (
        "Paths that end with a number for private use (AS64512, AS64513, AS4200000001) count as announced by" in words
    )


def test_a_private_number_behind_a_network_of_the_country_is_nothing_abroad(tmp_path: Path) -> None:
    report = announced_by(((131279, 64512),) * 4, tmp_path)
    assert not any(item.id == "ipv4/announced-abroad" for item in report.evidence)
    assert not any("not registered" in text for text in report.warnings)
    (outage,) = report.outages
    assert outage.restoration is not None
    assert outage.restoration.providers_before == (4837,)
