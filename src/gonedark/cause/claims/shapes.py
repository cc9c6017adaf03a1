"""Claims about what was lost and how: addresses, networks, providers, extent, onset, return, outages at all.

Begin with the functions in :data:`CHECKS`, as in :mod:`gonedark.cause.claims.times`.
"""

from gonedark.cause.claims.facts import Facts
from gonedark.cause.claims.finding import Finding, by_share, not_observable, share_margin
from gonedark.cause.claims.words import say
from gonedark.cause.evidence import as_list
from gonedark.cause.templates import TRENDS
from gonedark.model.claim import Claim, Verdict
from gonedark.model.report import Outage
from gonedark.model.time import SECOND_US, TimeSpan, format_time


def addresses(claim: Claim, facts: Facts) -> Finding:
    """Usual IPv4 addresses against a number."""
    return _count(claim, facts.report.baseline.addresses_v4, facts, "addresses")


def networks(claim: Claim, facts: Facts) -> Finding:
    """Usual IPv4 prefixes against a number."""
    return _count(claim, facts.report.baseline.prefixes_v4, facts, "networks")


def _count(claim: Claim, measured: int | None, facts: Facts, noun: str) -> Finding:
    if measured is None:
        return not_observable("claim.no-field")
    within = float(claim.states.get("within_share", 0.0))
    verdict, _ = by_share(measured, float(claim.states["count"]), "about", within)
    field = "baseline.addresses_v4" if noun == "addresses" else "baseline.prefixes_v4"
    return Finding(verdict, say(f"claim.{noun}", measured=f"{measured:,}"), share_margin(within), measured, field)


def provider(claim: Claim, facts: Facts) -> Finding:
    """Foreign providers before the outage against AS numbers or a country."""
    outage = facts.outage(claim.states.get("about"))
    found = facts.providers(outage) if outage else ()
    if not found:
        return not_observable("claim.no-field")
    wanted = set(claim.states.get("asns", ()))
    if "country" in claim.states:
        homes = {asn: facts.country_of(asn) for asn in found}
        if None in homes.values():
            return not_observable("claim.no-field")
        wanted |= {asn for asn, home in homes.items() if home == claim.states["country"]}
    there = wanted & set(found)
    verdict: Verdict = "supported" if there else "contradicted"
    if there and claim.states.get("sole", False) and set(found) - wanted:
        verdict = "contradicted"
    reason = say("claim.provider" if len(found) == 1 else "claim.provider-several", as_list=as_list(found))
    threshold = float(facts.report.software.thresholds.get("provider_share", 0.05))
    margin = say("margin.providers", percent=f"{100 * threshold:g}")
    return Finding(verdict, reason, margin, found, "outages.restoration.providers_before")


def extent(claim: Claim, facts: Facts) -> Finding:
    """Complete or partial."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None:
        return not_observable("claim.no-outage")
    if outage.complete and outage.is_seen_by_some:
        # Nothing was visible to half of the watching networks; whether that is complete is what the claim leaves open.
        return Finding("unclear", say("claim.complete-for-most"), say("margin.routing"), True, "outages.complete")
    reason = say("claim.complete") if outage.complete else say("claim.partial", percent=f"{100 * outage.depth:.3g}")
    agrees = (claim.states["extent"] == "complete") == outage.complete
    return Finding(_verdict(agrees), reason, say("margin.routing"), outage.complete, "outages.complete")


def onset(claim: Claim, facts: Facts) -> Finding:
    """Sudden or gradual; a sudden end of a long instability is neither clearly."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None or outage.onset_spread_seconds is None:
        return not_observable("claim.no-outage" if outage is None else "claim.time-open")
    seconds, limits = outage.onset_spread_seconds, facts.limits
    margin = say("margin.sudden", cliff=f"{limits.cliff_seconds:g}", decay=f"{limits.decay_seconds:g}")
    sudden = claim.states["onset"] == "sudden"
    if outage.lead_up is not None:
        hours = f"{outage.lead_up.span.duration_us / SECOND_US / 3600:.3g}"
        reason = say("claim.sudden-after", seconds=f"{seconds:g}", hours=hours)
        worsening = outage.lead_up.trend == "worsening"
        verdict: Verdict = "supported" if not sudden and worsening else "unclear"
        return Finding(verdict, reason, margin, seconds, "outages.lead_up")
    if seconds <= limits.cliff_seconds:
        quiet = (facts.evidence("cause.lead-up") or {}).get("crossings") == 0
        reason = say("claim.sudden" if quiet else "claim.gradual", seconds=f"{seconds:g}")
        verdict = "supported" if sudden else "contradicted" if quiet else "unclear"
        return Finding(verdict, reason, margin, seconds, "outages.onset_spread_seconds")
    reason = say("claim.gradual", seconds=f"{seconds:g}")
    slow = seconds >= limits.decay_seconds
    verdict = _verdict(not sudden) if slow else "unclear"
    return Finding(verdict, reason, margin, seconds, "outages.onset_spread_seconds")


def lead_up(claim: Claim, facts: Facts) -> Finding:
    """Instability before it: for how long, and which way it went."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None:
        return not_observable("claim.no-outage")
    told = facts.evidence("cause.lead-up") or {}
    if outage.lead_up is None:
        if told.get("crossings") != 0:
            return not_observable("claim.time-open")
        hours = f"{(told.get('watched_seconds') or 0) / 3600:.3g}"
        # What was unsteady before that may be what the claim means.
        restless = bool(told.get("restless_before"))
        reason = say("claim.lead-up-earlier" if restless else "claim.lead-up-none", hours=hours)
        return Finding("unclear" if restless else "contradicted", reason, None, 0, "outages.lead_up")
    return _lead_up(claim, outage)


def _lead_up(claim: Claim, outage: Outage) -> Finding:
    lead = outage.lead_up
    assert lead is not None, "asked only where there is one"
    hours = lead.span.duration_us / SECOND_US / 3600
    verdict: Verdict = "supported"
    margin = None
    if "hours" in claim.states:
        relation = claim.states.get("relation", "about")
        within = float(claim.states.get("within_share", 0.25))
        verdict, margin = by_share(hours, float(claim.states["hours"]), relation, within)
    wanted = claim.states.get("trend")
    if wanted and wanted != lead.trend:
        verdict = "unclear" if lead.trend == "steady" or verdict == "unclear" else "contradicted"
    reason = say("claim.lead-up", crossings=lead.crossings, hours=f"{hours:.3g}", trend=TRENDS[lead.trend])
    return Finding(verdict, reason, margin, {"hours": hours, "trend": lead.trend}, "outages.lead_up")


def restored(claim: Claim, facts: Facts) -> Finding:
    """Back, and by when."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None:
        return not_observable("claim.no-outage")
    if outage.end_us is None:
        by = claim.states.get("by")
        # What was back in the last minutes may last or not.
        known_us = facts.back_us(outage) or facts.span(outage).until_us
        verdict: Verdict = "not-observable" if by is None or by > known_us else "contradicted"
        return Finding(verdict, say("claim.not-restored"), None, None, "outages.end")
    by, hidden = claim.states.get("by", facts.report.window.until_us), facts.hidden(outage, "end")
    if hidden and hidden.contains(by):
        reason = say("claim.time-hidden", low=format_time(hidden.from_us), high=format_time(hidden.until_us))
        return Finding("unclear", reason, say("margin.routing"), format_time(outage.end_us), "outages.end")
    agrees = outage.end_us <= by
    measured = format_time(outage.end_us)
    return Finding(
        _verdict(agrees), say("claim.restored", measured=measured), say("margin.routing"), measured, "outages.end"
    )


def same_provider(claim: Claim, facts: Facts) -> Finding:
    """Back over the providers from before."""
    outage = facts.outage(claim.states.get("about"))
    back = outage.restoration if outage else None
    if back is None or back.same_providers is None:
        return not_observable("claim.no-outage" if outage is None else "claim.no-field")
    words = "claim.same-provider" if back.same_providers else "claim.other-provider"
    reason = say(words, as_list=as_list(back.providers_after))
    return Finding(_verdict(back.same_providers), reason, None, back.providers_after, "outages.restoration")


def any_outage(claim: Claim, facts: Facts) -> Finding:
    """Whether there was an outage in a time; blindness leaves it open."""
    window = facts.report.window
    from_us, until_us = claim.states.get("from", window.from_us), claim.states.get("until", window.until_us)
    span = TimeSpan(from_us, max(from_us, until_us))
    count = sum(1 for item in facts.report.outages if facts.span(item).overlap(span))
    if not count:
        blind = any(phase.phase == "blind" and phase.span.overlap(span) for phase in facts.report.phases)
        inside = window.from_us <= span.from_us and span.until_us <= window.until_us
        if blind or not inside or not facts.report.phases:
            return not_observable("claim.blind")
        # Routes that stay do not show that traffic flowed: what was shut down behind them leaves no outage here.
        words = "claim.outages-part" if facts.partly_lost else "claim.outages-none"
        return Finding("unclear", say(words), say("margin.routing"), count, "outages")
    words = "claim.outages-one" if count == 1 else "claim.outages"
    return Finding("supported", say(words, count=count), say("margin.routing"), count, "outages")


def _verdict(agrees: bool) -> Verdict:
    return "supported" if agrees else "contradicted"


CHECKS = {
    "addresses": addresses,
    "networks": networks,
    "provider": provider,
    "extent": extent,
    "onset": onset,
    "lead-up": lead_up,
    "restored": restored,
    "same-provider": same_provider,
    "outage": any_outage,
}
