"""3,561 hostile BGP messages, found by others with fuzzers: each must end in findings, and nothing else."""

import tarfile
from pathlib import Path

from decoding import bgp4mp, decode
from shared_data import shared

SUBTYPES = (1, 4, 6, 7, 8, 9, 10, 11)
MESSAGES = 3561
ABOUT = ("README.md", "LICENSE")


def hostile_messages() -> list[bytes]:
    with tarfile.open(shared("fuzz/bgp-messages.tar.gz")) as archive:
        members = [one for one in archive.getmembers() if one.isfile() and Path(one.name).name not in ABOUT]
        messages = [file.read() for member in members if (file := archive.extractfile(member)) is not None]
    assert len(messages) == MESSAGES
    return messages


def test_every_hostile_message_ends_in_findings_only() -> None:
    for message in hostile_messages():
        rows, summary = decode([bgp4mp(message)])
        assert (summary.records, summary.gap_count) == (1, 0)
        assert len(rows) <= len(message)


def test_hostile_messages_do_not_disturb_sound_ones() -> None:
    """In one stream, a sound withdrawal behind each of them is read."""
    sound = bgp4mp(b"\xff" * 16 + b"\0\x1b\x02" + b"\0\4" + b"\x18\xc6\x33\x64" + b"\0\0")
    messages = hostile_messages()
    for subtype in SUBTYPES:
        stream = b"".join(bgp4mp(message, subtype) + sound for message in messages)
        rows, summary = decode([stream], batch_rows=1 << 16)
        assert (summary.records, summary.gap_count) == (2 * len(messages), 0)
        assert summary.finding_count > 0
        assert len(rows) >= len(messages)
