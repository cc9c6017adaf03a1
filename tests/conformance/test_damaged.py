"""Torn, short and odd files: at least what bgpdump finds in them, and what is missing is named."""

from collections import Counter

import pytest
from oracle import as_bgpdump_prints_type_5, bgpdump_lines, mrt_files, own_lines

from shared_data import shared


@pytest.mark.parametrize("name", mrt_files("damaged"))
def test_at_least_what_bgpdump_finds(name: str) -> None:
    theirs = Counter(line for line in bgpdump_lines(shared(name)) if not is_invented(name, line))
    ours = Counter(as_bgpdump_prints_type_5(line) for line in own_lines(name)[0])
    assert not theirs - ours


def is_invented(name: str, line: str) -> bool:
    """Where a header is torn after ten bytes, bgpdump takes the next two for its length and 12 kB for one message.

    The peer AS13937 (0x3671) is the second half of the next record's time. No file of that day has such a session.
    """
    return "torn-records" in name and "|0.5.0.3|13937|" in line


def test_torn_records_are_gaps_and_the_stream_goes_on() -> None:
    """Two places where the writer of 25 March 2000 lost bytes. bgpdump ends at the first; we go on behind both."""
    lines, summary = own_lines("mrt/damaged/rrc00.updates.20000325.0345.torn-records.gz")
    assert len(lines) == 5685
    assert not [line for line in lines if is_invented("torn-records", line)]
    assert [(gap.from_byte, gap.until_byte) for gap in summary.gaps] == [(188, 198), (4554, 4568)]
    assert not summary.torn
    assert summary.decompressed_bytes == 151_804


def test_lengths_four_bytes_short_and_many_entries_in_a_record() -> None:
    """A table of January 2000: view and sequence number are not counted, and two hundred entries share a record."""
    lines, summary = own_lines("mrt/damaged/rrc00.bview.20000111.0032.bad-lengths.gz")
    assert len(lines) == 452_018
    assert summary.gap_count == 0
    assert {finding.cause for finding in summary.findings} == {"a record is four bytes longer than it says"}
    assert summary.finding_count == summary.records


def test_states_that_no_rfc_knows_are_kept_as_they_are() -> None:
    lines, summary = own_lines("mrt/damaged/rrc03.updates.20100227.1600.nonrfc-fsm.gz")
    assert summary.gap_count == 0
    assert {int(line.rsplit("|", 1)[1]) for line in lines if "|STATE|" in line} - set(range(1, 7))


def test_entries_without_a_peer_index_are_findings() -> None:
    lines, summary = own_lines("mrt/damaged/rib-without-peer-index.20140112.bz2")
    assert not lines
    assert summary.finding_count == 3
    assert "peer index table" in summary.findings[0].cause


@pytest.mark.parametrize(
    "name",
    [
        "mrt/rib/route-views.rib.20080501.0644.truncated.bz2",
        "mrt/rib/route-views2.rib.20140523.0600.truncated.bz2",
        "mrt/rib/route-views6.rib.20151101.0600.truncated.bz2",
    ],
)
def test_a_cut_compressed_stream_is_torn(name: str) -> None:
    summary = own_lines(name)[1]
    assert summary.torn
    assert summary.gaps[-1].until_byte is None
    assert "compressed stream" in summary.gaps[-1].cause
