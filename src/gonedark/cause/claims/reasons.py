"""Claims about causes, users, who and why.

Begin with the functions in :data:`CHECKS`, as in :mod:`gonedark.cause.claims.times`.
"""

from gonedark.cause.claims.facts import Facts
from gonedark.cause.claims.finding import Finding, not_observable
from gonedark.cause.claims.words import say
from gonedark.model.cause import UNKNOWN_CAUSE, Stance
from gonedark.model.claim import Claim, Verdict


def cause(claim: Claim, facts: Facts) -> Finding:
    """One kind of cause: supported where it is the verdict, contradicted where the evidence contradicts it."""
    if facts.cause is None:
        return not_observable("claim.no-field")
    wanted = claim.states["hypothesis"]
    stance = _stance(facts, wanted)
    verdict: Verdict = "unclear"
    if stance in ("contradicted", "not-observable"):
        verdict = stance
    elif facts.cause.verdict == wanted:
        verdict = "supported"
    told = next((item.label for item in facts.cause.hypotheses if item.id == facts.cause.verdict), facts.cause.verdict)
    reason = say("claim.cause", stance=_words(stance), verdict=told)
    return Finding(verdict, reason, say("margin.as-far"), stance, "cause.hypotheses")


def possible_causes(claim: Claim, facts: Facts) -> Finding:
    """A list of possibilities: all of them must be consistent."""
    if facts.cause is None:
        return not_observable("claim.no-field")
    stances = {item: _stance(facts, item) for item in claim.states["hypotheses"]}
    consistent = sum(1 for stance in stances.values() if stance == "consistent")
    verdict: Verdict = "unclear"
    if consistent == len(stances):
        verdict = "supported"
    elif "contradicted" in stances.values():
        verdict = "contradicted"
    reason = say("claim.causes", count=len(stances), consistent=consistent)
    return Finding(verdict, reason, say("margin.consistent"), stances, "cause.hypotheses")


def cause_known(claim: Claim, facts: Facts) -> Finding:
    """That the cause is known, or is not: the data can confirm only what they show themselves."""
    if facts.cause is None:
        return not_observable("claim.no-field")
    singled_out = facts.cause.verdict != UNKNOWN_CAUSE
    reason = say("claim.cause-verdict", verdict=facts.cause.verdict) if singled_out else say("claim.cause-unknown")
    verdict: Verdict = "supported" if singled_out == claim.states["known"] else "unclear"
    return Finding(verdict, reason, say("margin.as-far"), facts.cause.verdict, "cause.verdict")


def users(claim: Claim, facts: Facts) -> Finding:
    """A number of users against the report's estimate."""
    estimate = facts.report.users
    if not isinstance(estimate, dict) or estimate.get("low") is None or estimate.get("high") is None:
        return not_observable("claim.no-field")
    low, high = estimate["low"], estimate["high"]
    apart = claim.states["high"] < low or claim.states["low"] > high
    reason = say("claim.users", low=f"{low:,}", high=f"{high:,}")
    return Finding("contradicted" if apart else "unclear", reason, say("margin.as-far"), estimate, "users")


def who(claim: Claim, facts: Facts) -> Finding:
    """Never observable; where the deed is named, what the data say about the deed."""
    if facts.cause is None or "deed" not in claim.states:
        return not_observable("claim.who")
    deed = next((item for item in facts.cause.hypotheses if item.id == claim.states["deed"]), None)
    if deed is None:
        return not_observable("claim.who")
    reason = f"{say('claim.who')} {say('claim.deed', text_deed=deed.label, stance=_words(deed.stance))}"
    return Finding("not-observable", reason, evidence=(*deed.against, *deed.supporting))


def why(claim: Claim, facts: Facts) -> Finding:
    """Never observable."""
    return not_observable("claim.why")


def other(claim: Claim, facts: Facts) -> Finding:
    """Never observable."""
    return not_observable("claim.other")


def _words(stance: Stance) -> str:
    return stance.replace("-", " ")


def _stance(facts: Facts, hypothesis: str) -> Stance:
    assert facts.cause is not None, "asked only where there is one"
    try:
        return facts.cause.hypothesis(hypothesis).stance
    except KeyError:
        return "not-observable"


CHECKS = {
    "cause": cause,
    "possible-causes": possible_causes,
    "cause-known": cause_known,
    "users": users,
    "who": who,
    "why": why,
    "other": other,
}
