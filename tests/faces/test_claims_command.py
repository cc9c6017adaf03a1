"""``gonedark claims`` and ``gonedark verify`` as commands: what they print, and how they end."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import reports
from gonedark.cli import app
from gonedark.model.time import HOUR_US, format_time
from gonedark.publish import json as face
from worlds import START_US, Scene

RUN = CliRunner()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_bytes(face.render(reports.kp_2014(), reports.PYONGYANG))
    return path


def test_check_prints_every_claim_with_its_verdict(report: Path) -> None:
    done = RUN.invoke(app, ["claims", "check", "north-korea-2014", "--report", str(report)])
    assert done.exit_code == 0
    assert done.stdout.startswith("41 claims: ")
    assert "dw-13  SUPPORTED" in done.stdout
    assert "“The country has only 1024 addresses" in done.stdout


def test_check_gives_the_report_with_its_claims_as_json_and_as_a_page(report: Path, tmp_path: Path) -> None:
    done = RUN.invoke(app, ["claims", "check", "north-korea-2014", "--report", str(report), "--format", "json"])
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["claims"]) == 41
    page = tmp_path / "page.html"
    made = ["claims", "check", "north-korea-2014", "--report", str(report), "--format", "html", "--out", str(page)]
    assert RUN.invoke(app, made).exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert "Claims, set beside the data" in html
    assert "Hua Chunying" in html
    about, _, others = html.partition("more about things that routing data do not measure</summary>")
    assert "China denies cutting off North Korea" in about
    assert "24 million inhabitants" in others
    assert "24 million inhabitants" not in about


def test_the_template_checks_as_it_stands(report: Path, tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(RUN.invoke(app, ["claims", "template", "extent", "who"]).stdout)
    done = RUN.invoke(app, ["claims", "check", str(path), "--report", str(report)])
    assert done.exit_code == 0
    assert done.stdout.startswith("2 claims: 1 supported, 1 not observable")


def test_kinds_are_listed() -> None:
    done = RUN.invoke(app, ["claims", "kinds"])
    assert done.exit_code == 0
    assert "who: who did it, or did not  (never observable in routing data)" in done.stdout


@pytest.mark.parametrize(
    ("claims", "kind", "code", "part"),
    [
        ("no.toml", "text", 1, "cannot read no.toml"),
        ("north-korea-2014", "pdf", 2, "not a format for claims"),
    ],
)
def test_bad_input_is_one_clear_line(report: Path, claims: str, kind: str, code: int, part: str) -> None:
    done = RUN.invoke(app, ["claims", "check", claims, "--report", str(report), "--format", kind])
    assert done.exit_code == code
    assert part in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_report_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    done = RUN.invoke(app, ["claims", "check", "north-korea-2014", "--report", str(path)])
    assert done.exit_code == 1
    assert "is not a report of the schema" in done.stderr


def test_a_bundle_is_written_and_verified_from_the_command_line(tmp_path: Path) -> None:
    scene = Scene(collectors=("rrc00",), peers=(3333, 1299, 3356, 2914, 6939, 174))
    scene.lose(START_US + 4 * HOUR_US, START_US + 5 * HOUR_US)
    for name, data in scene.files():
        path = tmp_path / "mrt" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    window = ["--from", format_time(scene.window.from_us), "--until", format_time(scene.window.until_us)]
    bundle, context = tmp_path / "b.zip", tmp_path / "context.toml"
    context.write_text('[data_plane]\nlost_at = 2014-12-22T03:50:00Z\nsource = "a probing project"\n')
    asked = ["report", "KP", *window, "--mrt", str(tmp_path / "mrt"), "--quiet", "--format", "json"]
    done = RUN.invoke(app, [*asked, "--context", str(context), "--bundle", str(bundle)])
    assert done.exit_code == 0, done.output
    planes = next(item for item in json.loads(done.stdout)["evidence"] if item["id"] == "cause.planes")
    assert planes["value"]["lead_seconds"] == pytest.approx(600, abs=20)
    verified = RUN.invoke(app, ["verify", str(bundle)])
    assert verified.exit_code == 0, verified.output
    assert verified.stdout.startswith("identical: ")
    again = RUN.invoke(app, [*asked, "--bundle", str(bundle)])
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    bundle.write_bytes(b"PK\x05\x06 broken")
    assert RUN.invoke(app, ["verify", str(bundle)]).exit_code == 1
