"""The same elements as ``bgpdump -m`` from every real file; where not, bgpdump is wrong, and here is why."""

from collections import Counter
from dataclasses import dataclass

import pytest
from oracle import as_bgpdump_prints_type_5, bgpdump_lines, kept_lines, mrt_files, own_lines

from shared_data import shared

HIDDEN_PATHS = (
    "BIRD 1 recorded ADD-PATH sessions as plain BGP4MP_MESSAGE, before RFC 8050 gave them subtypes of their own. "
    "bgpdump takes the path identifiers for prefixes: default routes and fragments such as 24.0.0.0/2."
)


@dataclass(frozen=True)
class Difference:
    """How many lines differ, on our side and on bgpdump's, one of each, and why bgpdump is wrong."""

    ours: int
    theirs: int
    example_ours: str
    example_theirs: str
    why: str


DIFFERENCES = {
    "mrt/formats/updates.nlri_mask_trailing_bits.gz": Difference(
        1,
        1,
        "BGP4MP|1289168632|A|12.0.1.63|7018|11.8.0.0/13|7018 3549 12389 48275 51044|IGP|12.0.1.63|0|0|6923:3339|NAG||",
        "BGP4MP|1289168632|A|12.0.1.63|7018|11.13.0.0/13|7018 3549 12389 48275 51044|IGP|12.0.1.63|0|0|6923:3339|NAG||",
        "Bits behind the mask are irrelevant (RFC 4271 section 4.3); printed, they make two prefixes of one.",
    ),
    "mrt/formats/openbgpd_rib_table.14b6f04": Difference(
        1,
        1,
        "TABLE_DUMP|1444843994|B|192.168.1.10|65000|192.168.0.0/16|65015|IGP|192.168.0.15|"
        "100|0||NAG|65000 192.168.0.15|",
        "TABLE_DUMP|1444843994|B|192.168.1.10|65000|192.168.0.0/16|65015|IGP|192.168.0.15|"
        "100|0||NAG|0 253.232.192.168|",
        "This AGGREGATOR has eight bytes, so its AS number has four; bgpdump reads two.",
    ),
    "mrt/formats/updates.et-header.2015.gz": Difference(
        80,
        0,
        "BGP4MP_ET|1444261860.425869|A|206.220.231.55|3856|41.73.233.0/24|36932 16284|IGP|196.216.148.39|100|"
        "0|3856:54200|NAG||",
        "",
        "The writer did not count the microseconds in the length; bgpdump misses the last prefix of the first record, "
        "loses step and reads none of the others.",
    ),
    "mrt/formats/bird6_bgp.00961c3": Difference(
        12,
        24,
        "BGP4MP_AP|1486801488|A|fd02::10|65000|fd01:1::/64|1|4200000000 4200000000 4200000000 64512 64512 64512|IGP|"
        "fd02::10|100|10|65000:100 65000:200 65000:300|NAG||",
        "BGP4MP|1486801488|A|fd02::10|65000|4000::/1|4200000000 4200000000 4200000000 64512 64512 64512|IGP|fd02::10|"
        "100|10|65000:100 65000:200 65000:300|NAG||",
        HIDDEN_PATHS,
    ),
    "mrt/formats/bird6_bgp.7204e0e": Difference(
        14,
        32,
        "BGP4MP_AP|1486805565|A|fd02::10|65000|fd01:1::/64|1|4200000000 4200000000 4200000000 64512 64512 64512|IGP|"
        "fd02::10|100|10|65000:100 65000:200 65000:300|NAG||",
        "BGP4MP|1486805565|A|fd02::10|65000|4000::/1|4200000000 4200000000 4200000000 64512 64512 64512|IGP|fd02::10|"
        "100|10|65000:100 65000:200 65000:300|NAG||",
        HIDDEN_PATHS,
    ),
    "mrt/formats/bird_bgp.44b38c3": Difference(
        14,
        24,
        "BGP4MP_AP|1486805565|A|192.168.0.10|65000|172.17.0.0/24|2|4200000000 4200000000 4200000000 64512 64512 64512|"
        "IGP|192.168.0.10|100|10|65000:100 65000:200 65000:300|NAG||",
        "BGP4MP|1486805565|A|192.168.0.10|65000|24.0.0.0/2|4200000000 4200000000 4200000000 64512 64512 64512|IGP|"
        "192.168.0.10|100|10|65000:100 65000:200 65000:300|NAG||",
        HIDDEN_PATHS,
    ),
    "mrt/formats/bird_bgp.4dcc227": Difference(
        51,
        132,
        "BGP4MP_AP|1444840302|A|192.168.1.10|65000|192.168.6.0/24|2|65015|IGP|192.168.0.15|100|0||NAG||",
        "BGP4MP|1444840302|A|192.168.1.10|65000|24.0.0.0/2|65015|IGP|192.168.0.15|100|0||NAG||",
        HIDDEN_PATHS,
    ),
    "mrt/formats/bird_bgp.985f1e4": Difference(
        14,
        24,
        "BGP4MP_AP|1486801488|A|192.168.0.10|65000|172.17.0.0/24|2|4200000000 4200000000 4200000000 64512 64512 64512|"
        "IGP|192.168.0.10|100|10|65000:100 65000:200 65000:300|NAG||",
        "BGP4MP|1486801488|A|192.168.0.10|65000|24.0.0.0/2|4200000000 4200000000 4200000000 64512 64512 64512|IGP|"
        "192.168.0.10|100|10|65000:100 65000:200 65000:300|NAG||",
        HIDDEN_PATHS,
    ),
}

SOUND = [name for name in mrt_files() if "/damaged/" not in name]


@pytest.mark.parametrize("name", SOUND)
def test_same_elements_as_bgpdump(name: str) -> None:
    theirs = bgpdump_lines(shared(name))
    ours = [as_bgpdump_prints_type_5(line) for line in own_lines(name)[0]]
    difference = DIFFERENCES.get(name)
    if difference is None:
        assert ours == theirs
        return
    only_ours, only_theirs = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
    assert (only_ours.total(), only_theirs.total()) == (difference.ours, difference.theirs), difference.why
    assert difference.example_ours in only_ours
    assert difference.example_theirs in only_theirs or not difference.theirs


@pytest.mark.parametrize("name", [name for name in SOUND if kept_lines(name) is not None] or SOUND[:1])
def test_same_elements_as_the_text_kept_of_bgpdump(name: str) -> None:
    """Needs no bgpdump. The text is of older versions, which this test does not ask to have printed all columns."""
    path = shared(name)
    kept = kept_lines(name)
    assert kept is not None, f"no text is kept of {path.name}"
    assert own_lines(name)[0] == kept


def test_every_listed_difference_is_of_a_file_that_exists() -> None:
    for name in DIFFERENCES:
        assert shared(name).exists()
