"""Where results go, in a real process: places that cannot be written to, a full disk, no standard output at all."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from gonedark.model.time import HOUR_US
from worlds import START_US, Scene

REGISTRY = ("registry", "show", "KP", "--quiet")
PRINTING = (REGISTRY, ("claims", "kinds"), ("claims", "template"))


def gonedark(*arguments: str | Path, redirect: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a shell, with its standard output sent elsewhere."""
    command = ["sh", "-c", f'exec "$@" {redirect}', "sh", sys.executable, "-m", "gonedark", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def assert_one_line(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert words in done.stderr


@pytest.fixture
def table(tmp_path: Path) -> Path:
    name, data = next((name, data) for name, data in Scene(hours=1).files() if "updates" not in name)
    path = tmp_path / Path(name).name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_full_disk_is_told_in_one_line(arguments: tuple[str, ...]) -> None:
    assert_one_line(gonedark(*arguments, redirect=">/dev/full"), "No space left on device")


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_elements_name_the_output_not_the_input_when_the_disk_is_full(table: Path, form: str) -> None:
    done = gonedark("elements", table, "--format", form, "--quiet", redirect=">/dev/full")
    assert_one_line(done, "cannot write to standard output: No space left on device")
    done = gonedark("elements", table, "--format", form, "--quiet", "--out", "/dev/full")
    assert_one_line(done, "cannot write /dev/full: No space left on device")


def test_without_standard_output_nothing_is_written_into_another_file(table: Path) -> None:
    for arguments in (*PRINTING, ("elements", str(table), "--quiet")):
        assert_one_line(gonedark(*arguments, redirect=">&-"), "Bad file descriptor")


def test_every_report_is_written_though_nobody_reads_the_list_of_outages(tmp_path: Path) -> None:
    scene = Scene(hours=4)
    scene.lose(START_US + 2 * HOUR_US, START_US + 3 * HOUR_US)
    for name, data in scene.files():
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    window = ("--from", "2014-12-22T01:00Z", "--until", "2014-12-22T04:00Z")
    command = ("report", "--all", "--mrt", tmp_path / "archive", *window, "--format", "json", "--quiet", "--out")
    done = gonedark(*command, tmp_path / "heard")
    assert "KP\tNorth Korea\t1 outage" in done.stdout
    unheard = gonedark(*command, tmp_path / "unheard", redirect="| true")
    assert not unheard.stderr
    heard, alone = (sorted(path.name for path in (tmp_path / name).rglob("*")) for name in ("heard", "unheard"))
    assert "KP.json" in heard
    assert heard == alone


def test_text_is_as_wide_as_a_narrow_terminal_and_the_same_everywhere_else(table: Path) -> None:
    report = ("report", "KP", "--from", "2014-12-22T00:00Z", "--until", "2014-12-22T01:00Z", "--mrt", table, "--quiet")
    for arguments in (("exposure", "KP", "--mrt", table, "--quiet"), report):
        piped = gonedark(*arguments).stdout
        assert 90 < max(map(len, piped.splitlines())) <= 100
        assert 70 < max(map(len, on_a_terminal(80, *arguments).splitlines())) <= 80
        for columns in (0, 200):
            assert on_a_terminal(columns, *arguments) == piped


def on_a_terminal(columns: int, *arguments: str | Path) -> str:
    """What the command shows on a terminal of so many columns."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "gonedark", *map(str, arguments)]
    with subprocess.Popen(command, stdout=its, stderr=subprocess.DEVNULL) as process:
        os.close(its)
        shown = b""
        with contextlib.suppress(OSError):  # so a terminal ends whose other side is closed
            while more := os.read(ours, 1 << 16):
                shown += more
        os.close(ours)
        assert process.wait(timeout=120) in (0, 3)
    return shown.decode().replace("\r\n", "\n")


def test_what_a_library_prints_past_python_is_not_among_the_data() -> None:
    """HiGHS prints a line of its own now and then, which made JSON on standard output unreadable."""
    program = (
        "import ctypes, sys, typer\n"
        "from gonedark import cli\n"
        "def noisy():\n"
        "    libc = ctypes.CDLL(None)\n"
        "    libc.puts(b'noise'), libc.fflush(None)\n"
        '    typer.echo(\'{"data": "\u00e9"}\')\n'
        "cli.app.command()(noisy)\n"
        "sys.argv = ['gonedark', 'noisy']\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout.decode()) == (0, '{"data": "\u00e9"}\n'), done.stderr


def test_standard_output_may_be_named(table: Path) -> None:
    for arguments in (REGISTRY, ("elements", str(table), "--quiet")):
        named, plain = gonedark(*arguments, "--out", "/dev/stdout"), gonedark(*arguments)
        assert named.stdout == plain.stdout != ""


def test_files_that_cannot_be_understood_are_named_before_any_work(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("hello world\n")
    asked = ("report", "KP", "--from", "2014-12-01", "--until", "2014-12-02", "--mrt", tmp_path / "no-such-data")
    for option in ("--claims", "--context", "--config"):
        assert_one_line(gonedark(*asked, option, words), str(words))
    assert_one_line(gonedark(*asked, "--bundle", tmp_path / "no" / "proof.zip"), "there is no folder")
    (tmp_path / "file").touch()
    assert_one_line(gonedark(*asked, "--bundle", tmp_path / "file" / "proof"), f"{tmp_path / 'file'} is not a folder")
    done = gonedark("exposure", "KP", "--mrt", tmp_path / "no-such-data", "--relationships", words)
    assert_one_line(done, str(words))


def test_a_place_that_cannot_be_written_to_is_refused_before_any_work(tmp_path: Path, table: Path) -> None:
    asked = ("report", "KP", "--from", "2014-12-01", "--until", "2014-12-02", "--mrt", tmp_path / "no-such-data")
    for out, words in ((tmp_path, "it is a folder"), (tmp_path / "no" / "x.json", "there is no folder")):
        assert_one_line(gonedark(*asked, "--out", out), words)
        assert_one_line(gonedark("exposure", "KP", "--mrt", tmp_path / "no-such-data", "--out", out), words)
        assert_one_line(gonedark("elements", table, "--out", out), words)
        assert_one_line(gonedark(*REGISTRY, "--out", out), words)
