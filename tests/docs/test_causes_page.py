"""The tables of ``docs/causes.md`` are those that the rules make now."""

import importlib.util
from pathlib import Path
from types import ModuleType

from documented import documented

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("confusion_table", ROOT / "scripts" / "confusion_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "causes.md").read_text(encoding="utf-8")
    assert script().updated(page) == page, "run python scripts/confusion_table.py"


def test_the_table_counts_every_event_and_no_wrong_verdict() -> None:
    rows = script().confusion().splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    heads = [cell.strip() for cell in script().confusion().splitlines()[0].strip("|").split("|")][1:]
    total = 0
    for documented_cause, *counts in cells:
        for verdict, count in zip(heads, counts, strict=True):
            total += int(count or 0)
            assert not count or verdict == "unknown" or verdict in documented_cause.split(" / ")
    assert total == len(documented())
