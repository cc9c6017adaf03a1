"""The two address families are judged apart, each by its own tables and its own voters."""

from pathlib import Path

import pytest

from gonedark.delegation.registry import load_registry
from gonedark.model.prefix import Prefix
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.publish.headline import headline
from gonedark.scenario.world import World
from worlds import COLLECTORS, START_US, ask

WINDOW = TimeSpan(START_US + HOUR_US, START_US + 8 * HOUR_US)
AT_US = START_US + 4 * HOUR_US


def egyptian() -> tuple[Prefix, Prefix]:
    """A /16 or less of IPv4 and a /32 of IPv6 that are delegated to Egypt."""
    ranges = load_registry(None, START_US).attribution("EG").ranges
    four = next(int(first) for first, last in ranges["ipv4"].tolist() if last - first >= 65535)
    six = next(int(first) for first, last in ranges["ipv6"].tolist() if last - first >= (1 << 32) - 1)
    return Prefix("ipv4", four, 16), Prefix("ipv6", six << 64, 32)


FOUR, SIX = egyptian()
FOREIGN = tuple(Prefix.parse(f"198.18.{third}.0/24") for third in range(30)) + tuple(
    Prefix.parse(f"2001:db8:{third:x}::/48") for third in range(30)
)


def world(lost: tuple[Prefix, ...]) -> World:
    made = World()
    for name in COLLECTORS:
        made.collector(name)
    for index in range(9):
        vantage = made.session(COLLECTORS[index % 3], 3333 + index, f"192.0.2.{index + 1}")
        made.hold(vantage, (FOUR, SIX, *FOREIGN), (3333 + index, 8452))
        made.withdraw(AT_US, vantage, lost)
        made.announce(AT_US + HOUR_US, vantage, lost, (3333 + index, 8452))
    for name in COLLECTORS:
        made.dump(START_US, name)
        made.chatter(name, START_US, WINDOW.until_us, every_us=MINUTE_US)
    return made


@pytest.mark.parametrize(("lost", "family"), [((FOUR,), "ipv4"), ((SIX,), "ipv6")])
def test_one_family_goes_and_the_other_stays(tmp_path: Path, lost: tuple[Prefix, ...], family: str) -> None:
    made = world(lost)
    report = ask(made.files(), tmp_path, WINDOW, "EG").report
    assert [(outage.family, outage.complete) for outage in report.outages] == [(family, True)]
    assert {(phase.family, phase.phase) for phase in report.phases} == {
        ("ipv4", "normal"),
        ("ipv6", "normal"),
        (family, "offline"),
    }
    assert (report.baseline.addresses_v4, report.baseline.slash48s_v6) == (65536, 65536)


def test_both_families_go_together(tmp_path: Path) -> None:
    made = world((FOUR, SIX))
    report = ask(made.files(), tmp_path, WINDOW, "EG").report
    assert [outage.family for outage in report.outages] == ["ipv4", "ipv6"]
    (six,) = [outage for outage in report.outages if outage.family == "ipv6"]
    assert six.end_us is not None
    # Nobody has to guess how far both were away together.
    assert (
        "In IPv6 it lost all of its addresses, from 2014-12-22 04:00 UTC until 05:00 UTC."
        in headline(report, None).more
    )
