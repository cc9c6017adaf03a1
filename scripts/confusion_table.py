"""Writes the tables of ``docs/causes.md``: documented outages against what the rules of ``gonedark.cause`` say.

Run ``python scripts/confusion_table.py`` after changing a rule, a limit or ``tests/scenarios/documented-outages.toml``;
the tests fail while the page is not up to date. The lists of patterns and limits on that page are made here too.
"""

import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from documented import Documented, documented  # noqa: E402
from gonedark.cause.explain import explain  # noqa: E402
from gonedark.cause.hypotheses import RULES  # noqa: E402
from gonedark.cause.limits import Limits  # noqa: E402
from gonedark.cause.patterns import PATTERNS  # noqa: E402

PAGE = ROOT / "docs" / "causes.md"
NONE = "never established"


def confusion() -> str:
    """Documented cause (rows) against verdict (columns), as counts."""
    events = documented()
    counts: Counter[tuple[str, str]] = Counter()
    for event in events:
        counts[_documented(event), explain(event.features)[0].verdict] += 1
    rows = list(dict.fromkeys(_documented(event) for event in events))
    columns = sorted({verdict for _, verdict in counts}, key=lambda name: (name != "unknown", name))
    lines = [f"| documented cause | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    lines += [f"| {row} | {' | '.join(str(counts[row, column] or '') for column in columns)} |" for row in rows]
    return "\n".join(lines)


def events() -> str:
    """Every event with the stance of its documented cause and everything that is consistent."""
    lines = ["| event | documented cause | its stance | consistent | verdict |", "|---|---|---|---|---|"]
    for event in documented():
        cause, _ = explain(event.features)
        stances = ", ".join(cause.hypothesis(name).stance for name in event.cause) or "–"
        consistent = ", ".join(item.id for item in cause.hypotheses if item.stance == "consistent") or "–"
        lines.append(f"| {event.name} | {_documented(event)} | {stances} | {consistent} | {cause.verdict} |")
    return "\n".join(lines)


def hypotheses() -> str:
    """Every rule with what speaks for and against it."""
    lines = ["| hypothesis | for | against | rules it out |", "|---|---|---|---|"]
    for rule in RULES:
        cells = (
            ", ".join(dict.fromkeys(point.evidence for point in points)) or "–"
            for points in (rule.supporting, rule.against, rule.contradicting)
        )
        lines.append(f"| `{rule.id}`: {rule.label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def patterns() -> str:
    """The codes of patterns with their meaning."""
    lines = ["| code | the shape |", "|---|---|"]
    for code, test in PATTERNS.items():
        lines.append(f"| `{code}` | {(test.__doc__ or '').split(chr(10))[0]} |")
    return "\n".join(lines)


def limits() -> str:
    """The numbers of the rules with their defaults."""
    values = Limits()
    lines = ["| number | default |", "|---|---:|"]
    return "\n".join([*lines, *(f"| `{item.name}` | {getattr(values, item.name):g} |" for item in fields(values))])


PARTS = {
    "hypotheses": hypotheses,
    "patterns": patterns,
    "limits": limits,
    "confusion": confusion,
    "events": events,
}


def updated(page: str) -> str:
    """The page with every marked part made anew. Raises ValueError where a mark is missing."""
    for name, make in PARTS.items():
        begin, end = f"<!-- {name}: made by scripts/confusion_table.py -->", f"<!-- {name}: end -->"
        before, sign, rest = page.partition(begin)
        _, other, after = rest.partition(end)
        if not sign or not other:
            raise ValueError(f"{PAGE.name} has no marks for {name}")
        page = f"{before}{begin}\n{make()}\n{end}{after}"
    return page


def _documented(event: Documented) -> str:
    return " / ".join(event.cause) or NONE


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
