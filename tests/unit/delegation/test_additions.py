"""Additions by file: what they change, and how a bad line is told."""

from pathlib import Path

import numpy as np
import pytest

from gonedark.delegation.additions import Addition, apply_additions, attribute_file
from gonedark.delegation.registry import load_registry
from gonedark.delegation.rir import DelegationError
from gonedark.model.attribution import Registry
from gonedark.model.prefix import Prefix

DELEGATED = """test|KP|ipv4|175.45.176.0|1024|20091221|allocated
test|KP|asn|131279|1|20091221|allocated
test|CN|ipv4|10.0.0.0|65536|20091221|allocated
test|CN|asn|4837|1|20091221|allocated
test|CN|ipv6|2001:db8::|32|20091221|allocated
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    (tmp_path / "delegated").write_text(DELEGATED)
    return load_registry([tmp_path / "delegated"])


def added(registry: Registry, tmp_path: Path, text: str) -> Registry:
    (tmp_path / "more.csv").write_text(text, encoding="utf-8")
    return apply_additions(registry, attribute_file(tmp_path / "more.csv"))


def test_the_format(tmp_path: Path) -> None:
    text = (
        "\ufeff# leased\n\n KP , 10.0.1.0/24 , from China, they say # sure?\r\nNorth Korea,as2.207\nkp,2001:db8:1::/48"
    )
    (tmp_path / "more.csv").write_bytes(text.encode())
    assert attribute_file(tmp_path / "more.csv").entries == (
        Addition("KP", Prefix.parse("10.0.1.0/24"), "from China, they say"),
        Addition("KP", 131279),
        Addition("KP", Prefix.parse("2001:db8:1::/48")),
    )


def test_an_added_prefix_moves(registry: Registry, tmp_path: Path) -> None:
    after = added(registry, tmp_path, "KP,10.0.1.0/24\nKP,2001:db8:1::/48\n")
    korea, china = after.attribution("KP"), after.attribution("CN")
    assert (korea.addresses("ipv4"), korea.addresses("ipv6")) == (1024 + 256, 1)
    assert (china.addresses("ipv4"), china.addresses("ipv6")) == (65536 - 256, 65535)
    assert korea.is_national(Prefix.parse("10.0.1.0/24"))
    assert not china.is_national(Prefix.parse("10.0.1.0/24"))
    assert after.source.endswith("; 2 prefixes and 0 ASes added by more.csv")


def test_an_added_as_is_domestic_and_all_its_prefixes_count(registry: Registry, tmp_path: Path) -> None:
    after = added(registry, tmp_path, "KP,AS4837\n")
    assert after.attribution("KP").origins == {4837}
    assert after.attribution("KP").is_domestic(4837)
    assert not after.attribution("CN").is_domestic(4837)
    assert after.country_of_asn(4837) == "KP"
    assert after.attribution("CN").origins == frozenset()


def test_a_country_without_delegations_can_be_given_some(registry: Registry, tmp_path: Path) -> None:
    after = added(registry, tmp_path, "ER,192.0.2.0/24\nER,64500\n")
    assert after.attribution("ER").addresses("ipv4") == 256
    assert after.attribution("KP").addresses("ipv4") == 1024
    assert after.country_of_asn(131279) == "KP"


def test_several_files_add_up_and_the_original_stays(registry: Registry, tmp_path: Path) -> None:
    after = added(added(registry, tmp_path, "KP,AS64500\n"), tmp_path, "KP,AS64501\nKP,10.0.0.0/24\nSY,10.0.0.0/25\n")
    assert after.attribution("KP").origins == {64500, 64501}
    assert after.attribution("SY").addresses("ipv4") == 128
    assert after.attribution("KP").addresses("ipv4") == 1024 + 128
    assert registry.attribution("KP").addresses("ipv4") == 1024
    assert np.array_equal(registry.attribution("KP").asn_ranges, [[131279, 131279]])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("KX,10.0.0.0/24", "unknown country 'KX'"),
        ("KP", "is not of the form"),
        ("KP,", "is not of the form"),
        ("KP,10.0.0.0/33", "is not a prefix"),
        ("KP,10.0.0.0/7", "must be between /8 and /32"),
        ("KP,2001:db8::/65", "must be between /16 and /64"),
        ("KP,AS0", "no AS number"),
        ("KP,AS4294967296", "no AS number"),
        ("KP,1.65536", "no AS number"),
        ("KP,hello", "is not a prefix"),
        ("\ud800,\x00", "unknown country"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "more.csv").write_bytes(f"# first\nKP,AS1\n{line}\n{line}\n".encode("utf-8", "surrogatepass"))
    with pytest.raises(DelegationError, match=r"^more\.csv line 3: .*\(and 1 more bad lines\)$") as caught:
        attribute_file(tmp_path / "more.csv")
    assert said in str(caught.value)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DelegationError, match="No such file"):
        attribute_file(tmp_path / "none")
    (tmp_path / "empty").write_text("# nothing\n")
    with pytest.raises(DelegationError, match="adds nothing"):
        attribute_file(tmp_path / "empty")
    (tmp_path / "big").write_bytes(b"#" * (9 << 20))
    with pytest.raises(DelegationError, match="larger than 8,388,608 bytes"):
        attribute_file(tmp_path / "big")
