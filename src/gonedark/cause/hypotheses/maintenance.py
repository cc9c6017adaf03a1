"""Maintenance: announced work, in the hours of the night that operators keep for it.

For: it began in those hours and was short; a notice that the user gives. Against: hours of instability, longer than any
window, several independent networks, the same time of day on three days or more.
"""

from gonedark.cause import patterns
from gonedark.cause.features import Features
from gonedark.cause.hypotheses.points import CHOSEN_ORDER, FLAPPED, MANY_PEERS_HELD, MANY_TOGETHER, STATEMENTS
from gonedark.cause.limits import Limits
from gonedark.cause.rules import Point, Question, Rule


def short_at_night(seen: Features, limits: Limits) -> bool | None:
    """In the window of the night, and no longer than such windows are."""
    return patterns.both(patterns.night_window(seen, limits), _short(seen, limits))


def _short(seen: Features, limits: Limits) -> bool | None:
    long = patterns.too_long_for_maintenance(seen, limits)
    return None if long is None else not long


RULE = Rule(
    id="maintenance",
    label="maintenance",
    sources=("Cloudflare's quarterly summaries 2022: the Gambia, a backup under maintenance",),
    supporting=(
        Point("cause.round-minutes", short_at_night, "It was short and began in the hours kept for maintenance."),
        Point(
            "cause.calendar",
            patterns.reported("maintenance-notice"),
            "The user gives a notice of maintenance for that time.",
        ),
    ),
    against=(
        FLAPPED,
        Point("cause.duration", patterns.too_long_for_maintenance, "It lasted longer than windows of maintenance do."),
        Point(
            "cause.recurrence",
            patterns.repeated_often,
            "It began at the same time of day on three days or more; the work of one network does not darken a "
            "country day after day.",
        ),
        MANY_TOGETHER,
        CHOSEN_ORDER,
        MANY_PEERS_HELD,
    ),
    apart=(Question("Whether work was announced for that time.", "cause.calendar"), STATEMENTS),
    without_routes_words="Work behind the routers leaves routes in place.",
)
