"""What ``gonedark --help`` loads: nothing heavy, so that it answers at once."""

import subprocess
import sys

HEAVY = ("altair", "babel", "gonedark.model.report", "httpx", "jinja2", "numpy", "pyarrow", "rich", "scipy")
PROGRAM = f"""
import sys
from typer.testing import CliRunner
before = set(sys.modules)
from gonedark.cli import app
print([name for name in {HEAVY!r} if name in set(sys.modules) - before])
assert "report" in CliRunner().invoke(app, ["--help"]).stdout
print([name for name in {HEAVY!r} if name in set(sys.modules) - before])
"""


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
