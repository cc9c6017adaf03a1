"""Upstream or own session closed: one end of the last connection closes it, on purpose or not.

For: one place explains the loss, and it was sudden out of calm. Against: hours of instability, several providers at
once, networks in turn. From outside nobody can tell which end closed it.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    CHOSEN_ORDER,
    CUSTOMERS,
    DYN_2014,
    FLAPPED,
    MANY_PEERS_HELD,
    MANY_PROVIDERS,
    PRINCE_2014,
    REPEATED,
    WHICH_END,
)
from gonedark.cause.rules import Point, Rule

RULE = Rule(
    id="upstream-cut",
    label="the last connection closed at one of its two ends",
    sources=(DYN_2014, PRINCE_2014),
    supporting=(
        Point("cause.where", patterns.one_place, "One network or one connection explains the whole loss."),
        Point("cause.restoration", patterns.clean_return, "It came back at once over the same providers."),
    ),
    against=(
        FLAPPED,
        REPEATED,
        CHOSEN_ORDER,
        MANY_PROVIDERS,
        Point(
            "cause.where",
            patterns.several_networks,
            "Several independent networks were lost and no single connection explains it.",
        ),
        Point("cause.onset-spread", patterns.decayed, "The loss frayed over an hour or more."),
        MANY_PEERS_HELD,
        Point(
            "cause.other-customers",
            patterns.other_customers_too,
            "Other customers of the same upstream lost routes too, so it was not this connection alone.",
        ),
    ),
    apart=(WHICH_END, CUSTOMERS),
    without_routes="less-likely",
    without_routes_words="The sessions that carry the routes stayed up.",
)
