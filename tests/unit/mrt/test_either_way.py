"""Compiled or not, the loops say the same, and uncompiled they warn of nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from digest import digest

import gonedark
from shared_data import ROOT, shared

PACKAGE = Path(gonedark.__file__).parent
SMALL_BYTES = 100_000


@pytest.fixture(scope="module")
def uncompiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's source without any compiled loop."""
    target = tmp_path_factory.mktemp("pure")
    for room in ("model", "mrt"):
        shutil.copytree(PACKAGE / room, target / "gonedark" / room, ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    for module in ("__init__.py", "named_file.py"):
        shutil.copy(PACKAGE / module, target / "gonedark")
    return target


def files() -> list[Path]:
    folder = ROOT / "mrt" / "formats"
    found = [path for path in sorted(folder.iterdir()) if path.stat().st_size < SMALL_BYTES] if folder.exists() else []
    return found or [shared("mrt/formats")]


def test_uncompiled_loops_say_the_same(uncompiled: Path) -> None:
    names = files()
    here = Path(__file__).parent / "digest.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(here), *map(str, names)],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(uncompiled)},
    )
    kind, *digests = done.stdout.split()
    assert kind == "pure"
    assert digests == [digest(name) for name in names]
