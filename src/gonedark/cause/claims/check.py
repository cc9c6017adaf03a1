"""Sets claims beside a report: each is supported, contradicted, unclear (with the margin) or not observable.

Begin with :func:`judged`, which gives the report with its ``claims`` part and a piece of evidence for each. Denials are
claims too: what is measured is the thing denied, and the verdict is turned round.
"""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from gonedark.cause.claims import days, reasons, shapes, times
from gonedark.cause.claims.facts import CountryOf, Facts
from gonedark.cause.claims.finding import Finding
from gonedark.cause.claims.words import say
from gonedark.cause.limits import Limits
from gonedark.model.claim import Claim, JudgedClaim, Verdict
from gonedark.model.place import Place
from gonedark.model.report import Evidence, Report
from gonedark.model.time import format_time

CHECKS = {**times.CHECKS, **days.CHECKS, **shapes.CHECKS, **reasons.CHECKS}
"""Kind of claim to the function that judges it."""

_TURNED: dict[Verdict, Verdict] = {"supported": "contradicted", "contradicted": "supported"}


def _nobody(_asn: int) -> None:
    return None


def judged(
    report: Report,
    claims: Sequence[Claim],
    *,
    place: Place | None = None,
    country_of: CountryOf = _nobody,
    limits: Limits | None = None,
) -> Report:
    """The report with these claims judged, instead of any it had. Raises ValueError for an unknown time zone."""
    facts = Facts(report, place, country_of, limits or Limits())
    pairs = [check(claim, facts) for claim in claims]
    kept = tuple(item for item in report.evidence if not item.id.startswith("claim."))
    return replace(
        report,
        claims=tuple(found for found, _ in pairs),
        evidence=(*kept, *(item for _, item in pairs if item is not None)),
    )


def check(claim: Claim, facts: Facts) -> tuple[JudgedClaim, Evidence | None]:
    """One claim, and the measurement it was set beside, where there was one."""
    _check_zones(claim)
    finding = _bounded(CHECKS[claim.kind](claim, facts), facts)
    verdict = _TURNED.get(finding.verdict, finding.verdict) if claim.denied else finding.verdict
    evidence = None
    if finding.verdict != "not-observable":
        evidence = Evidence(
            f"claim.{claim.id}",
            finding.reason,
            {"claimed": _plain(claim), "measured": finding.measured},
            f"this report: {finding.field}",
        )
    ids = (*((evidence.id,) if evidence else ()), *dict.fromkeys(finding.evidence))
    return JudgedClaim(claim, verdict, finding.reason, finding.margin, ids), evidence


def _bounded(finding: Finding, facts: Facts) -> Finding:
    """A report rebuilt from documented facts agrees with the press it was rebuilt from: say so."""
    if facts.report.kind != "reconstruction" or finding.verdict == "not-observable":
        return finding
    margins = [text for text in (finding.margin, say("margin.reconstruction")) if text]
    return replace(finding, margin="; ".join(margins))


def _check_zones(claim: Claim) -> None:
    for zone in claim.states.get("zones", ()):
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"claim {claim.id}: {zone!r} is not a time zone such as Asia/Shanghai") from None


def _plain(claim: Claim) -> dict[str, object]:
    """What the claim states, with times as text."""
    moments = ("time", "by", "from", "until", "about")
    return {key: format_time(value) if key in moments else value for key, value in claim.states.items()}
