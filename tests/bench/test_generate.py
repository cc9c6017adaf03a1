"""The benchmark's generator: sound MRT in others' eyes, the same bytes for the same seed, and North Korea in it."""

import gzip
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools import tool

BENCH = Path(__file__).parents[2] / "bench"
PEERS, PREFIXES = 5, 400


def generate(path: Path, *arguments: str) -> Path:
    """Run the generator as a user does."""
    size = ["--prefixes", str(PREFIXES), "--peers", str(PEERS)]
    command = [sys.executable, str(BENCH / "generate.py"), *size, *arguments, "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def bgpdump(path: Path) -> list[list[str]]:
    """The file's routes as Debian's bgpdump reads them: lists of fields."""
    text = subprocess.run([tool("bgpdump"), "-m", str(path)], check=True, capture_output=True, text=True).stdout
    return [line.split("|") for line in text.splitlines()]


def test_the_table_is_sound_and_has_all_that_was_asked_for(tmp_path: Path) -> None:
    rows = bgpdump(generate(tmp_path / "rib.gz"))
    held = Counter(row[5] for row in rows)
    assert len(held) == PREFIXES
    assert sum(":" in prefix for prefix in held) == PREFIXES // 10
    per_session = Counter(row[3] for row in rows)
    full_v4 = [size for session, size in per_session.items() if "." in session and size > PREFIXES // 2]
    assert len(full_v4) == PEERS


def test_every_full_feed_sees_north_korea_behind_its_one_provider(tmp_path: Path) -> None:
    rows = [row for row in bgpdump(generate(tmp_path / "rib.gz")) if row[5].startswith("175.45.")]
    assert Counter(row[5] for row in rows) == {f"175.45.{third}.0/24": PEERS for third in range(176, 180)}
    assert {tuple(row[6].split()[-2:]) for row in rows} == {("4837", "131279")}


def test_updates_have_announcements_withdrawals_and_ascending_times(tmp_path: Path) -> None:
    rows = bgpdump(generate(tmp_path / "updates.gz", "--updates", "3000", "--rate", "100"))
    kinds = Counter(row[2] for row in rows)
    assert kinds["A"] > 10 * kinds["W"] > 0
    times = [int(row[1]) for row in rows]
    assert times == sorted(times)
    assert times[-1] - times[0] == 29
    assert any(":" in row[5] for row in rows)


def test_the_same_seed_gives_the_same_records_and_another_one_others(tmp_path: Path) -> None:
    one, same, other = (
        gzip.decompress(generate(tmp_path / f"{name}.gz", "--seed", seed).read_bytes())
        for name, seed in (("one", "7"), ("same", "7"), ("other", "8"))
    )
    assert one == same
    assert one != other


def test_a_session_reset_sends_its_partial_table_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    updates = __import__("synthetic_updates")
    world = __import__("synthetic_world").make_world(1, 4000, 3, 0.1)
    monkeypatch.setattr(updates, "RESET_EVERY", 1)
    path = tmp_path / "updates.mrt"
    path.write_bytes(b"".join(updates.update_bytes(world, 50, 10.0)))
    rows = bgpdump(path)
    states = [index for index, row in enumerate(rows) if row[2] == "STATE"]
    assert [rows[index][5:7] for index in states] == [["6", "1"], ["5", "6"]]
    session = rows[states[0]][3:5]
    again = rows[states[1] + 1 :]
    assert len(again) > 50
    assert {(*row[2:5],) for row in again} == {("A", *session)}


def test_too_small_a_world_is_refused_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "generate.py"), "--prefixes", "3", "--out", str(tmp_path / "rib.gz")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "at least 100 prefixes" in done.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())
