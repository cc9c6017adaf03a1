"""Every sentence that this room can say, as a closed list; and what may be inserted, marked by the field's name.

Begin with :func:`say`. Fields named ``as_…`` take AS numbers with names, ``country`` a country, ``quote``, ``speaker``
and ``citation`` what others said, always in quotation marks or behind "says"; ``text_…`` take another sentence of this
list; all others take numbers, times and durations. The sentences of the hypotheses stand in their own files and have
no insertions; :func:`gonedark.cause.sentences.every_sentence` lists both. None of them names anybody: routing data do
not speak to who or why.
"""

import string
from collections.abc import Mapping

EVIDENCE: Mapping[str, str] = {
    "cause.duration": "The outage began at {start} and ended at {end}; it lasted {seconds} seconds.",
    "cause.depth": "At the worst moment {percent} % of the usual addresses were gone.",
    "cause.onset-spread": "From 10 % to 90 % of the loss took {seconds} seconds.",
    "cause.order": "{lost} of {origins} origin networks lost at least half of their addresses; the pauses between them "
    "were {gaps} seconds.",
    "cause.order.unseen": "The country's addresses are announced by {origins} origin networks; which of them lost half "
    "of their addresses when was not seen.",
    "cause.order.one": "One origin network lost its addresses.",
    "cause.order.together": "{lost} of {origins} origin networks lost at least half of their addresses, all at once.",
    "cause.spared": "While nearly everything was lost, {as_list} kept their addresses.",
    "cause.spared.one": "While nearly everything was lost, {as_list} kept its addresses.",
    "cause.spared.none": "No network was spared.",
    "cause.lead-up": "{crossings} swings in {hours} hours led up to it, {trend}.",
    "cause.lead-up.none": "Nothing led up to it in the {hours} hours before that were watched.",
    "cause.lead-up.since": "Nothing led up to it in the {hours} hours since the unrest before.",
    "cause.where": "{text_where}",
    "cause.transit": "{percent} % of the lost routes had crossed {as_one}.",
    "cause.providers": "Before, the country was reached over {as_list}.",
    "cause.withdrawals": "{voters} networks at {collectors} collectors withdrew the routes by message while their "
    "sessions stayed up.",
    "cause.voters": "{before} networks voted just before the start and {after} five minutes after it.",
    "cause.voters.gap": "{before} networks voted just before the start and {after} five minutes after it, and data of "
    "a collector were missing.",
    "cause.holders": "Voters that held lost routes all through the outage: {count}; on average {percent} % did.",
    "cause.origins": "Around the start or during the outage {as_list} began to announce the country's prefixes.",
    "cause.origins.none": "Nobody else announced the country's prefixes.",
    "cause.families": "In the same time {percent} % of the addresses of the other family were gone.",
    "cause.restoration": "From 10 % to 90 % of the return took {seconds} seconds, over the same providers.",
    "cause.restoration.other": "From 10 % to 90 % of the return took {seconds} seconds, over others: {as_list}.",
    "cause.restoration.step": "It came back over the same providers; how fast was not seen.",
    "cause.relapses": "Other outages that began within a day of its end: {count}.",
    "cause.relapses.none": "No other outage began within a day of its end.",
    "cause.recurrence": "Other outages that began at the same time of day within four days: {count}.",
    "cause.recurrence.none": "No other outage began at the same time of day.",
    "cause.round-minutes": "By the clock of {zone} it began at {start}, a full or half hour.",
    "cause.round-minutes.none": "By the clock of {zone} it began at {start}, neither a full nor a half hour.",
    "cause.planes": "Packets were lost {seconds} seconds before routes (negative: after them), as {citation} says.",
    "cause.planes.only": "Packets were lost, as {citation} says; routes were not.",
    "cause.planes.kept": "Packets were not lost, as {citation} says.",
    "cause.other-customers": "{lost} of {watched} other customers of the same upstream lost routes too.",
    "cause.other-countries": "Other countries that lost routes in the same minutes: {count}.",
    "cause.calendar": "Calendar entries given for the time: {count}. They are context and prove nothing.",
    "cause.comparators": "{delegated} addresses are delegated to the country. Of {countries} countries {smaller} have "
    "fewer; the country in the middle has {median}.",
    "cause.no-loss": "No outage of routes was found in this window.",
    "cause.provider-change.to": "{as_list} came to carry a large part of the country, without an outage of routes; "
    "before, it had been reached over many networks with small parts each.",
    "cause.provider-change.from": "{as_list} ceased to carry a large part of the country, without an outage of routes; "
    "it is reached over many networks with small parts each.",
    "cause.provider-change": "The way to the country changed from {as_before} to {as_after}, without an outage of "
    "routes.",
}
"""One template for each shape that a piece of evidence can take: its id, or the id with a variant."""

UNSEEN: Mapping[str, str] = {
    "unseen.default": "Not observable in these data.",
    "unseen.start": "Not observable: the beginning lies before the data or in a blind span.",
    "unseen.end": "Not observable: the end was not seen.",
    "unseen.before": "Not observable: too little of the time before was watched.",
    "unseen.restless": "Not observable: an outage or unrest a few hours before would hide what led up to it.",
    "unseen.one-network": "Not observable: the question arises only where several networks were nearly all lost.",
    "unseen.one-country": "Not observable: only this country's routes were read.",
    "unseen.given": "Not observable in routing data, and nothing was given.",
    "unseen.family": "Not observable: the other address family is not announced.",
    "unseen.days": "Not observable: the data span less than a day and a half.",
    "unseen.zone": "Not observable: the country's clock is not known.",
    "unseen.no-loss": "Not observable: no route was lost.",
}

WHERE: Mapping[str, str] = {
    "where.adjacency": "Every lost route had ended over {as_outer} to {as_inner}, and what that connection carried to "
    "the country was lost; {text_alike}",
    "where.as": "Every lost route had crossed {as_one}, and what it carried to the country was lost; {text_alike}",
    "where.alike": "from outside, a failure at any of these looks the same: {as_list}.",
    "where.alone": "no other place explains it as well.",
    "where.none": "No single network or connection explains the loss.",
}

REASONS: Mapping[str, str] = {
    "reason.nothing-speaks": "Nothing that was observed speaks for or against it.",
    "reason.no-loss": "No route was lost, so routing says nothing about it: it would not be visible here.",
}

LIMITS: Mapping[str, str] = {
    "limit.who": "Who or what did it: routing data carry no names of those who act.",
    "limit.why": "Why: routing data carry no motives.",
    "limit.which-end": "Which side closed the connection: a session closed at either end, a cut line, a router without "
    "power and a session starved by overload give the same withdrawals.",
    "limit.mechanism": "By which means: an order, an error and a failure can withdraw the same routes.",
    "limit.traffic": "Whether packets flowed over the routes that stayed.",
    "limit.no-loss": "Whether people were cut off without a loss of routes: filtering, throttling, mobile networks "
    "switched off and broken name servers are not visible here.",
    "limit.reconstruction": "More than the documented facts: this is a reconstruction, and its invented details prove "
    "nothing.",
}

RATIOS: Mapping[str, str] = {
    "ratio.per-country": "One vote for each country.",
    "ratio.raw": "Not corrected for countries that appear many times.",
    "ratio.capped": "Raw ratio about 430, capped; the strongest single feature, and nearly all from few orders.",
    "ratio.correlated": "Round durations follow from round starts and ends; counted once, with the start.",
}

TRENDS: Mapping[str, str] = {
    "worsening": "growing worse",
    "steady": "without a trend",
    "improving": "growing better",
}

ALL: Mapping[str, str] = {**EVIDENCE, **UNSEEN, **WHERE, **REASONS, **LIMITS, **RATIOS}


def fields(template: str) -> list[str]:
    """Names of a template's insertions, in order."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def say(identity: str, **inserted: object) -> str:
    """The sentence with its insertions. Raises KeyError for an id or a field that is not in the list."""
    return ALL[identity].format(**inserted)
