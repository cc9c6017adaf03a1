"""A table is hashed only where somebody asks for its hash, or it may be there twice."""

from pathlib import Path

import pytest

from gonedark.exposure import read_tables
from gonedark.feeds.files import FeedError, gather
from gonedark.feeds.hashing import Later, sha256_of
from gonedark.model.thresholds import Thresholds
from worlds import Scene


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table"
    path.write_bytes(next(data for name, data in Scene(hours=1).files() if "rib." in name))
    return path


def test_a_table_alone_is_hashed_when_its_hash_is_asked_for(table: Path) -> None:
    (file,) = gather([str(table)], hashing=Later()).files
    assert file.sha256 == ""
    (told,) = read_tables([str(table)], None, Thresholds()).inputs
    assert told.sha256 == Later().of(table) == sha256_of(table)


def test_a_table_that_is_there_twice_counts_once(table: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other name"
    copy.write_bytes(table.read_bytes())
    tables = read_tables([str(table), str(copy)], None, Thresholds())
    assert [item.sha256 for item in tables.inputs] == [sha256_of(table)]


def test_a_table_that_went_away_is_one_line(table: Path) -> None:
    tables = read_tables([str(table)], None, Thresholds())
    table.unlink()
    with pytest.raises(FeedError, match="cannot read"):
        _ = tables.inputs
