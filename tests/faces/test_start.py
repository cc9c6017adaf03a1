"""What ``gonedark --help`` loads: nothing heavy, so that it answers at once; and that every command shows examples."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gonedark.cli import app

HEAVY = ("babel", "gonedark.model.report", "httpx", "jinja2", "numpy", "pyarrow", "rich", "scipy", "vl_convert")
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


@pytest.mark.parametrize(
    "command",
    ["demo", "report", "exposure", "elements", "fetch", "verify", "claims check", "claims template", "registry show"],
)
def test_every_command_has_examples_of_itself_a_line_each(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"]).stdout
    _, _, told = shown.partition("Examples:\n")
    lines = told.splitlines()
    assert lines
    assert all(line.startswith(f"    gonedark {command}") for line in lines)
