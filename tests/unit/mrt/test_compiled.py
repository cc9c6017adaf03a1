"""Without compiled loops the reader says so, once; with them it is silent."""

import logging

import pytest

from gonedark.mrt import compiled
from gonedark.mrt.frame_loop import COMPILED
from gonedark.mrt.reader import MrtReader


@pytest.fixture(autouse=True)
def _not_said_yet() -> None:
    compiled.warn_if_slow.cache_clear()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "slow" in record.getMessage()]


def test_it_is_said_once_however_many_files_are_read(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "COMPILED", False)
    for _ in range(3):
        MrtReader(b"")
    assert len(said(caplog)) == 1
    assert caplog.records[0].levelno == logging.WARNING


def test_a_compiled_installation_says_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "COMPILED", True)
    MrtReader(b"")
    assert said(caplog) == []


def test_this_installation_tells_the_truth_about_itself(caplog: pytest.LogCaptureFixture) -> None:
    from gonedark.mrt import frame_loop

    MrtReader(b"")
    assert frame_loop.__file__.endswith(".py") != COMPILED
    assert len(said(caplog)) == (0 if COMPILED else 1)
