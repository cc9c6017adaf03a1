"""What the RFCs say, case by case: bytes in hex, and the lines, findings and gaps that must come of them.

The cases lie in ``cases/*.json``; none is made of our own output. ``lines`` are as bgpdump would print them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from decoding import decode, lines
from gonedark.mrt.batch import END_OF_RIB, FAMILY_V6

CASES = [
    case for path in sorted((Path(__file__).parent / "cases").glob("*.json")) for case in json.loads(path.read_text())
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    assert lines(data) == case["lines"]
    rows, summary = decode([data])
    ends = ["ipv6" if row[5] & FAMILY_V6 else "ipv4" for row in rows if row[1] == END_OF_RIB]
    assert ends == case["end_of_rib"]
    assert [finding.cause for finding in summary.findings] == case["findings"]
    assert [[gap.from_byte, gap.until_byte, gap.cause] for gap in summary.gaps] == case["gaps"]


def test_names_are_distinct() -> None:
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
