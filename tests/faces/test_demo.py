"""``gonedark demo`` in a real process."""

import subprocess
import sys
from pathlib import Path


def test_the_demo_reports_december_2014_and_says_where_its_page_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gonedark", "demo", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    for fact in ("RECONSTRUCTION", "AS131279", "AS4837", "1,024", "9 h 31 min", "2014-12-22 16:15", "34,260 s"):
        assert fact in done.stdout
    assert "rebuilding" in done.stderr
    page = next(tmp_path.glob("*.html"))
    assert str(page) in done.stdout.replace("\n", "")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "194.71.107" not in done.stdout


def test_an_unknown_scenario_is_one_clear_line() -> None:
    command = [sys.executable, "-m", "gonedark", "demo", "--scenario", "atlantis"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "north-korea-2014" in done.stderr
    assert "Traceback" not in done.stderr
