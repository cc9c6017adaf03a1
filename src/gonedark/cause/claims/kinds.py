"""The kinds of claims: what each states, in which fields, and how loosely it is read by default.

Begin with :data:`KINDS`. ``gonedark claims kinds`` prints them, ``gonedark claims template`` writes one of each. A kind
without a measure is there too: who and why are claimed more than anything else, and the answer is always the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gonedark.cause.hypotheses import RULES

FieldType = Literal["time", "date", "number", "share", "country", "text", "flag", "numbers", "texts"]
HYPOTHESES = tuple(rule.id for rule in RULES)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a claim of a kind states. ``choices`` closes the list of texts."""

    type: FieldType
    help: str
    example: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of claim states; ``measurable`` False: the verdict is always ``not-observable``.

    Of the fields ``one_of`` at least one must be stated, since without any nothing could agree.
    """

    help: str
    fields: Mapping[str, Field]
    measurable: bool = True
    one_of: tuple[str, ...] = ()


_WITHIN = Field("number", "minutes that may lie between claim and measurement (default 5)", "5")
_SHARE = Field("share", "share, 0 to 1, that may lie between claim and measurement", "0.1")
_RELATION = ("about", "at-least", "at-most", "hours", "several-hours")

KINDS: Mapping[str, Kind] = {
    "start-time": Kind(
        "when the outage began",
        {"time": Field("time", "the time claimed", "2014-12-22T16:15:00Z", required=True), "within_minutes": _WITHIN},
    ),
    "end-time": Kind(
        "when it ended",
        {"time": Field("time", "the time claimed", "2014-12-23T01:46:00Z", required=True), "within_minutes": _WITHIN},
    ),
    "duration": Kind(
        "how long it lasted",
        {
            "relation": Field("text", "how the length is meant", '"about"', required=True, choices=_RELATION),
            "hours": Field("number", "hours claimed (not with hours and several-hours)", "9.5"),
            "within_share": _SHARE,
        },
    ),
    "on-day": Kind(
        "on which day it began, ended, or was",
        {
            "event": Field("text", "which moment", '"end"', required=True, choices=("start", "end", "any")),
            "weekday": Field("text", "the day of the week claimed", '"Tuesday"', choices=WEEKDAYS),
            "date": Field("date", "or the date claimed", '"2014-12-23"'),
            "zones": Field("texts", "further clocks beside UTC and the capital's", '["Asia/Shanghai"]'),
        },
        one_of=("weekday", "date"),
    ),
    "addresses": Kind(
        "how many addresses the country had",
        {"count": Field("number", "addresses claimed", "1024", required=True), "within_share": _SHARE},
    ),
    "networks": Kind(
        "how many networks (prefixes) the country had",
        {"count": Field("number", "networks claimed", "4", required=True), "within_share": _SHARE},
    ),
    "provider": Kind(
        "over whom, or over which country, the country was reached",
        {
            "asns": Field("numbers", "AS numbers claimed", "[4837]"),
            "country": Field("country", "or the provider's country", '"CN"'),
            "sole": Field("flag", "it is claimed to be the only one (default false)", "true"),
        },
        one_of=("asns", "country"),
    ),
    "extent": Kind(
        "whether all of it was lost",
        {"extent": Field("text", "what is claimed", '"complete"', required=True, choices=("complete", "partial"))},
    ),
    "onset": Kind(
        "whether it went suddenly",
        {"onset": Field("text", "what is claimed", '"sudden"', required=True, choices=("sudden", "gradual"))},
    ),
    "lead-up": Kind(
        "that instability led up to it",
        {
            "hours": Field("number", "for how many hours", "24"),
            "trend": Field("text", "how it developed", '"worsening"', choices=("worsening", "steady", "improving")),
            "relation": Field("text", "how the hours are meant (default about)", '"about"', choices=_RELATION[:3]),
            "within_share": _SHARE,
        },
    ),
    "restored": Kind(
        "that it came back",
        {"by": Field("time", "by this time (default: within the report's window)", "2014-12-23T02:00:00Z")},
    ),
    "same-provider": Kind("that it came back over the providers it had before", {}),
    "outage": Kind(
        "that there was an outage at all",
        {
            "from": Field("time", "in this time", "2014-12-22T00:00:00Z"),
            "until": Field("time", "until then, not included", "2014-12-24T00:00:00Z"),
        },
    ),
    "cause": Kind(
        "what kind of cause it was",
        {"hypothesis": Field("text", "which", '"power"', required=True, choices=HYPOTHESES)},
    ),
    "possible-causes": Kind(
        "which kinds of cause it may have been",
        {"hypotheses": Field("texts", "which", '["power", "attack-or-overload"]', required=True, choices=HYPOTHESES)},
    ),
    "cause-known": Kind(
        "whether the cause is known",
        {"known": Field("flag", "what is claimed", "false", required=True)},
    ),
    "users": Kind(
        "how many users there were",
        {"low": Field("number", "from", "2000", required=True), "high": Field("number", "to", "9000", required=True)},
    ),
    "who": Kind(
        "who did it, or did not",
        {"deed": Field("text", "what it would have taken", '"upstream-cut"', choices=HYPOTHESES)},
        measurable=False,
    ),
    "why": Kind("why it was done", {}, measurable=False),
    "other": Kind("anything that routing data do not measure", {}, measurable=False),
}
"""Name of the kind to what it states, in the order in which a helper lists them."""
