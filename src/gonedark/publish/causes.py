"""The causes weighed and the claims judged, as words and tables for the terminal and the page.

Begin with :func:`cause_words`, :func:`hypothesis_grid`, :func:`others_grid` and :func:`claim_grid`. What others said
stands in quotation marks with their names, and nowhere else. Not for judging, which is the room ``cause``.
"""

from collections.abc import Iterable

from gonedark.model.cause import UNKNOWN_CAUSE, Hypothesis, Weighed
from gonedark.model.claim import JudgedClaim
from gonedark.model.place import Place
from gonedark.model.report import Report
from gonedark.model.time import to_datetime
from gonedark.publish import json
from gonedark.publish.facts import asn_names
from gonedark.publish.grid import Grid
from gonedark.publish.statement import Statement, statement
from gonedark.publish.words import UNKNOWN, clean, listed

STANCE_WORDS = {
    "consistent": "consistent",
    "less-likely": "less likely",
    "contradicted": "ruled out",
    "not-observable": "not observable",
}
VERDICT_WORDS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "unclear": "unclear",
    "not-observable": "not observable",
}
NOTHING_LOST = ("no-loss-of-routes",)


def has_cause(report: Report) -> bool:
    """There is something to say: an outage, or a pattern beside "nothing was lost"."""
    return report.cause is not None and report.cause.patterns != NOTHING_LOST


def cause_words(report: Report, place: Place | None) -> Statement | None:
    """The statement of a report. Raises ValueError for an unknown zone."""
    return statement(json.document(report), place, asn_names(report)) if has_cause(report) else None


def hypothesis_grid(report: Report) -> Grid:
    """Every hypothesis with its stance and its first reason, the consistent ones first."""
    found = report.cause.hypotheses if report.cause else ()
    order = list(STANCE_WORDS)
    ranked = sorted(found, key=lambda item: order.index(item.stance))
    return Grid(("Cause weighed", "Stance", "Why"), [_hypothesis(item) for item in ranked])


def _hypothesis(item: Hypothesis) -> tuple[str, ...]:
    why = clean(item.reasons[0].words) if item.reasons else ""
    return clean(item.label), STANCE_WORDS[item.stance], why


def others_grid(report: Report) -> Grid:
    """The other outages: what each fits by the same rules."""
    heads = ("Other outage", "Fits", "Verdict")
    if report.cause is None:
        return Grid(heads, [])
    labels = {item.id: clean(item.label) for item in report.cause.hypotheses}
    return Grid(heads, [_weighed(item, labels) for item in report.cause.others])


def _weighed(item: Weighed, labels: dict[str, str]) -> tuple[str, ...]:
    fitting = [labels.get(name, clean(name)) for name, stance in item.stances.items() if stance == "consistent"]
    verdict = UNKNOWN if item.verdict == UNKNOWN_CAUSE else labels.get(item.verdict, clean(item.verdict))
    return clean(item.outage, 40), listed(fitting, most=8) or "nothing that was weighed", verdict


def claim_grid(report: Report) -> Grid:
    """Every claim: who said what where, and what the data say to it."""
    return _claims(report.claims or ())


def claim_grids(report: Report) -> tuple[Grid, Grid]:
    """Claims about the outage, and those about something else, which stand beside them only to be complete."""
    claims = report.claims or ()
    others = [item for item in claims if item.claim.kind == "other"]
    return _claims(item for item in claims if item.claim.kind != "other"), _claims(others)


def _claims(items: Iterable[JudgedClaim]) -> Grid:
    rows = [_claim(item) for item in items]
    return Grid(("Claim", "Said by", "Verdict", "Why", "Published"), rows, wide=frozenset({"Published"}))


def _claim(item: JudgedClaim) -> tuple[str, ...]:
    claim = item.claim
    denial = "denies: " if claim.denied and item.verdict != "not-observable" else ""
    margin = f" ({clean(item.margin, 600)})" if item.margin else ""
    day = UNKNOWN if claim.said_at_us is None else to_datetime(claim.said_at_us).date().isoformat()
    return (
        f"{denial}“{clean(claim.text)}”",
        f"{clean(claim.speaker, 120)}, {day}",
        VERDICT_WORDS[item.verdict],
        clean(item.reason, 600) + margin,
        clean(claim.source),
    )


def verdict_counts(report: Report) -> str:
    """``12 supported, 1 unclear, 24 not observable``."""
    verdicts = [item.verdict for item in report.claims or ()]
    return ", ".join(f"{verdicts.count(name)} {words}" for name, words in VERDICT_WORDS.items() if name in verdicts)
