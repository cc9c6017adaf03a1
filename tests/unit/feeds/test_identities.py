"""Identities of files: worked out beside the reading where nothing hangs on them, else before it."""

from pathlib import Path

import pytest

from gonedark.cluster.engine import Processes
from gonedark.delegation.names import find_country
from gonedark.feeds.files import FeedError, MrtFile, gather
from gonedark.feeds.hashing import Hashing, sha256_of
from gonedark.investigate import Question, investigate
from gonedark.publish.json import render
from worlds import Scene


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in Scene(hours=2).files():
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "archive"


def table_of(folder: Path) -> Path:
    return next(file.path for file in gather([str(folder)]).files if file.is_table)


def begun(arguments: list[str]) -> tuple[list[MrtFile], list[str]]:
    """What was gathered, and the identities of all of it in the end."""
    with Hashing() as hashing:
        files = list(gather(arguments, hashing=hashing).files)
        return files, [file.sha256 or hashing.of(file.path) for file in files]


def test_identities_are_the_same_whenever_they_are_worked_out(folder: Path) -> None:
    _, found = begun([str(folder)])
    assert found == [file.sha256 for file in gather([str(folder)]).files] != []


def test_a_file_alone_is_left_for_later_and_one_that_may_be_double_is_not(folder: Path, tmp_path: Path) -> None:
    table = table_of(folder)
    alone, found = begun([str(table)])
    assert (alone[0].sha256, found) == ("", [sha256_of(table)])
    copy = tmp_path / "copy.gz"
    copy.write_bytes(table.read_bytes())
    once, _ = begun([str(table), f"named={copy}", str(table)])
    assert [(file.path, file.sha256) for file in once] == [(copy, sha256_of(table))]


def test_what_is_not_waited_for_is_not_worked_out(folder: Path) -> None:
    table = table_of(folder)
    with Hashing() as hashing:
        for _ in range(3):
            hashing.begin(table)
    with pytest.raises(BaseException):  # noqa: B017, PT011  cancelled, or just too early for that
        hashing.begin(table)


def test_a_report_names_its_inputs_as_ever(folder: Path) -> None:
    scene = Scene(hours=2)
    question = Question(find_country("KP"), scene.window, (str(folder),))
    report = investigate(question).report
    assert {item.sha256 for item in report.inputs} == {file.sha256 for file in gather([str(folder)]).files}
    assert render(investigate(question, engine=Processes(2)).report) == render(report)


def test_a_file_that_is_gone_before_its_turn_is_told_in_one_line(folder: Path) -> None:
    table = table_of(folder)
    with Hashing() as hashing:
        table.unlink()
        hashing.begin(table)
        with pytest.raises(OSError, match="No such file"):
            hashing.of(table)
    with pytest.raises(FeedError, match="does not exist"):
        gather([str(table)])
