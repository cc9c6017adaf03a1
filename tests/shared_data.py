"""Where the real recorded data lies that tests read: outside the repository, never copied into it."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("GONEDARK_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared(name: str) -> Path:
    """Path of a shared file. Absent, the test skips with the reason; in CI it fails, since CI must have it."""
    path = ROOT / name
    if not path.exists():
        reason = f"needs {name} of the shared data folder ({ROOT}); set GONEDARK_SHARED_DATA"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
