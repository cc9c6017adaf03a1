"""A short, repeatable stretch of the fuzzer; ``python fuzz/fuzz_mrt.py --seconds N`` goes on for as long as wanted."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "fuzz"))

import fuzz_mrt

ROUNDS = 150


def test_mutations_end_in_findings_and_gaps() -> None:
    assert fuzz_mrt.run(fuzz_mrt.built_samples(), seed=20141222, rounds=ROUNDS, seconds=None) == ROUNDS


def test_a_fault_is_reported_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz_mrt, "survives", fail)
    with pytest.raises(AssertionError, match="seed 7: ZeroDivisionError"):
        fuzz_mrt.run(fuzz_mrt.built_samples(), seed=7, rounds=1, seconds=None)
