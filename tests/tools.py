"""Programs of others that tests compare with: Debian's bgpdump, lbzip2, chromium."""

import os
import shutil

import pytest


def tool(name: str) -> str:
    """Path of the program. Absent, the test skips with the reason; in CI it fails, since CI must have it."""
    path = shutil.which(name)
    if path is None:
        reason = f"needs {name}; install Debian's package of that name"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
