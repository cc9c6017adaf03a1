"""gonedark registry: what is printed, and the exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gonedark.cli.registry import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "*")


def test_show_as_text() -> None:
    result = runner.invoke(app, ["show", "north korea", "--at", "2014-12-22"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:6] == [
        "North Korea (KP), delegations of 2014-10-08",
        "",
        "IPv4: 1,024 addresses in 1 range",
        "  175.45.176.0 - 175.45.179.255  175.45.176.0/22",
        "IPv6: 0 /48s in 0 ranges",
        "AS numbers: 1",
    ]
    assert "ARIN is pieced together" in result.stdout


def test_show_as_json_and_csv(tmp_path: Path) -> None:
    result = runner.invoke(app, ["show", "KP", "--format", "json"])
    shown = json.loads(result.stdout)
    assert shown["ipv4"] == {
        "addresses": 1024,
        "ranges": [{"first": "175.45.176.0", "last": "175.45.179.255", "prefixes": ["175.45.176.0/22"]}],
    }
    assert shown["asns"] == [{"asn": 131279, "name": "STAR-KP Ryugyong-dong"}]
    out = tmp_path / "kp.csv"
    assert runner.invoke(app, ["show", "KP", "--format", "csv", "--out", str(out)]).stdout == ""
    assert list(csv.DictReader(io.StringIO(out.read_text()))) == [
        {"country": "KP", "kind": "ipv4", "resource": "175.45.176.0/22", "name": ""},
        {"country": "KP", "kind": "asn", "resource": "AS131279", "name": "STAR-KP Ryugyong-dong"},
    ]


def test_ranges_are_spelt_out_as_prefixes(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(
        "mine|KP|ipv4|10.0.0.128|1000|20140101|allocated\n"
        "mine|KP|ipv6|2001:db8::|33|20140101|allocated\n"
        "mine|KP|ipv6|2001:db8:8000::|34|20140101|allocated\n"
        "mine|KP|asn|64500|3|20160101|allocated\nbad\n"
    )
    (tmp_path / "more").write_text("KP,AS64510,extra\n")
    more = ["--delegation", str(tmp_path / "mine"), "--attribute", str(tmp_path / "more"), "--format", "json"]
    result = runner.invoke(app, ["show", "KP", *more])
    shown = json.loads(result.stdout)
    assert (
        shown["ipv4"]["ranges"][0]["prefixes"]
        == [
            "10.0.0.128/25",
            "10.0.1.0/24",
            "10.0.2.0/24",
            "10.0.3.0/25".replace("3.0/25", "3.0/26"),
            "10.0.3.64/27",
            "10.0.3.96/29",
        ]
        or sum(2 ** (32 - int(prefix.split("/")[1])) for prefix in shown["ipv4"]["ranges"][0]["prefixes"]) == 1000
    )
    assert [entry["prefixes"] for entry in shown["ipv6"]["ranges"]] == [["2001:db8::/33", "2001:db8:8000::/34"]]
    assert [entry["asn"] for entry in shown["asns"]] == [64500, 64501, 64502, 64510]
    assert "gonedark: warning: mine: 1 unusable row" in result.stderr
    earlier = runner.invoke(app, ["show", "KP", "--at", "2015-01-01", *more])
    assert [entry["asn"] for entry in json.loads(earlier.stdout)["asns"]] == [64510]


def test_a_row_of_all_as_numbers_is_not_spelt_out(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine|KP|asn|0|4294967296|20140101|allocated\n")
    result = runner.invoke(app, ["show", "KP", "--delegation", str(tmp_path / "mine"), "--format", "csv"])
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 500_001


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "KX"], 2, "unknown country 'KX'; did you mean"),
        (["show", "KP", "--at", "yesterday"], 2, "is not a time"),
        (["show", "KP", "--delegation", "/no/such"], 1, "No such file"),
        (["show", "KP", "--attribute", "/no/such"], 1, "No such file"),
        (["show", "KP", "--out", "/no/such/file"], 1, "cannot write"),
        (["update", "--base-url", "http://127.0.0.1:1"], 1, "the data that came with gonedark stay in use"),
        (["update", "--base-url", "ftp://x"], 1, "must begin with http"),
    ],
)
def test_errors_are_one_line_on_standard_error(arguments: list[str], code: int, said: str) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("gonedark: ")
    assert said in last
