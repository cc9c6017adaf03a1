"""gonedark.elements and gonedark.batches: rows, filters, Arrow and pandas, and what is refused."""

import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gonedark
from decoding import attribute, bgp4mp, update
from gonedark.api import NotMrtError
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import Peer

TIME_US = 1_400_000_000_000_000
PEERS = [Peer(64500, "192.0.2.1"), Peer(64501, "2001:db8::1")]
SESSIONS = [writer.Session(PEERS[0], 6447, "192.0.2.254"), writer.Session(PEERS[1], 6447, "2001:db8::fe")]
PREFIXES = ["175.45.176.0/22", "175.45.176.0/24", "198.51.100.0/24", "2001:db8:1::/48"]


def stream() -> bytes:
    """Two peers announce four prefixes a minute apart, the first withdraws them and goes away."""
    wanted = [Prefix.parse(text) for text in PREFIXES]
    hops = {"next_hop_v4": "192.0.2.1", "next_hop_v6": "2001:db8::1"}
    data = b""
    for minute, session in enumerate(SESSIONS):
        path = (session.peer.asn, 3356, 131279 if minute else (64510, 64511))
        for message in writer.announcements(wanted, path, **hops):
            data += writer.message_record(TIME_US + minute * 60_000_000, session, message)
    for message in (*writer.withdrawals(wanted), writer.end_of_rib("ipv4")):
        data += writer.message_record(TIME_US + 120_000_000, SESSIONS[0], message)
    return data + writer.state_change(TIME_US + 180_000_000, SESSIONS[0], 6, 1)


def kinds(**filters: Any) -> str:
    return "".join(row.kind for row in gonedark.elements(stream(), **filters))


def test_rows_are_what_bgpdump_would_say() -> None:
    rows = list(gonedark.elements(stream()))
    assert "".join(row.kind for row in rows) == "AAAAAAAAWWWWS"
    first, second_peer, withdrawn, state = rows[0], rows[4], rows[8], rows[-1]
    assert (first.time, first.time_us) == ("1400000000", TIME_US)
    assert (first.peer_asn, first.peer_address, first.prefix) == (64500, "192.0.2.1", "175.45.176.0/22")
    assert (first.as_path, first.origin) == ("64500 3356 {64510,64511}", None)
    assert (second_peer.as_path, second_peer.origin) == ("64501 3356 131279", 131279)
    assert (withdrawn.as_path, withdrawn.origin) == ("", None)
    assert (state.prefix, state.states) == ("", (6, 1))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"prefix": "175.45.176.0/22"}, "AAW"),
        ({"prefix": "175.45.176.0/22", "match": "more"}, "AAAAWW"),
        ({"prefix": "175.45.176.0/24", "match": "less"}, "AAAAWW"),
        ({"prefix": ["198.51.100.0/24", "2001:db8::/32"], "match": "more"}, "AAAAWW"),
        ({"prefix": "203.0.113.0/24"}, ""),
        ({"origin": 131279}, "AAAA"),
        ({"origin": ["AS131279", 1]}, "AAAA"),
        ({"peer": 64501}, "AAAA"),
        ({"peer": "AS64501"}, "AAAA"),
        ({"peer": ["2001:0db8::0001"]}, "AAAA"),
        ({"peer": "192.0.2.1"}, "AAAAWWWWS"),
        ({"since": "2014-05-13T16:55:20Z"}, "WWWWS"),
        ({"until": TIME_US + 60_000_000}, "AAAA"),
        ({"country": "KP"}, "AAAAWW"),
        ({"country": "north korea", "peer": 64501, "origin": 131279}, "AA"),
    ],
)
def test_filters(filters: dict[str, Any], expected: str) -> None:
    assert kinds(**filters) == expected


def test_a_country_may_be_given_as_an_attribution_with_added_origins() -> None:
    none: Any = {"ipv4": np.empty((0, 2), np.uint64), "ipv6": np.empty((0, 2), np.uint64)}
    country = Attribution("XX", "Nowhere", none, np.empty((0, 2), np.int64), frozenset({131279}))
    assert kinds(country=country) == "AAAA"


@pytest.mark.parametrize(
    "filters",
    [
        {"prefix": "not a prefix"},
        {"prefix": "10.0.0.0/8", "match": "nearly"},
        {"origin": "ASX"},
        {"origin": 1 << 32},
        {"peer": "300.0.0.1"},
        {"since": "yesterday"},
        {"country": "Atlantis"},
    ],
)
def test_filters_without_sense_are_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        gonedark.batches(stream(), **filters)


def test_times_may_be_datetimes() -> None:
    second = datetime.fromtimestamp(TIME_US // 1_000_000 + 60, UTC)
    as_text = kinds(since=second.isoformat())
    assert 0 < len(as_text) < len(kinds())
    for moment in (second, second.replace(tzinfo=None), second.astimezone(timezone(timedelta(hours=9)))):
        assert kinds(since=moment) == as_text


def test_a_single_path_of_any_option_is_one_path(tmp_path: Path) -> None:
    """A text had been taken for a list of letters, and the folder of the root for delegations."""
    (tmp_path / "updates.gz").write_bytes(stream())
    missing = str(tmp_path / "missing")
    for option in ("delegation", "attribute"):
        with pytest.raises((ValueError, OSError), match="missing"):
            gonedark.report("KP", "2014-05-13", "2014-05-14", mrt=tmp_path, **{option: missing})


def test_what_is_not_mrt_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("some notes\n")
    with pytest.raises(NotMrtError, match="it is text, not MRT"):
        gonedark.elements(path)
    with pytest.raises(OSError, match="No such file"):
        gonedark.elements(tmp_path / "nothing")


def test_a_collector_is_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "route-views.jinx.updates.20140513.1653"
    path.write_bytes(stream())
    assert {row.collector for row in gonedark.elements(path)} == {"route-views.jinx"}
    assert {row.collector for row in gonedark.elements(path, collector="mine")} == {"mine"}


def test_a_stream_can_be_read_too() -> None:
    assert len(list(gonedark.elements(io.BytesIO(stream())))) == 13


def test_attributes_on_request() -> None:
    row = next(gonedark.elements(stream(), attributes=True))
    assert row.attributes is not None
    assert row.attributes.next_hop == "192.0.2.1"
    assert next(gonedark.elements(stream())).attributes is None


def test_arrow_and_pandas_hold_the_same_rows() -> None:
    rows = list(gonedark.elements(stream()))
    table = gonedark.batches(stream(), collector="rv").to_arrow()
    told = [row for row in table.to_pylist() if row["kind"] != "E"]
    assert [row["kind"] for row in told] == [row.kind for row in rows]
    assert [row["prefix"] or "" for row in told] == [row.prefix for row in rows]
    assert [row["as_path"] or "" for row in told] == [row.as_path for row in rows]
    assert [row["origin"] for row in told] == [row.origin for row in rows]
    assert [(row["old_state"], row["new_state"]) for row in told][-2:] == [(None, None), (6, 1)]
    assert {row["collector"] for row in told} == {"rv"}
    frame = gonedark.batches(stream()).to_pandas()
    assert len(frame) == table.num_rows
    assert str(frame["time"].dtype.tz) == "UTC"


def test_multicast_is_an_element_but_no_row_of_a_batch_unless_asked_for() -> None:
    reach = attribute(14, b"\0\1\2\4\xc0\0\2\1\0\x18\xc6\x33\x64", 0x80)
    data = bgp4mp(update(b"", attribute(1, b"\0") + attribute(2, b"\2\1\0\0\xfb\xf4") + reach))
    assert len(list(gonedark.elements(data))) == 1
    assert gonedark.batches(data).to_arrow().num_rows == 0
    assert gonedark.batches(data, everything=True).to_arrow().num_rows == 1
