"""Every sentence of the statement, as a closed list. See :mod:`gonedark.cause.templates` for how insertions are marked.

Begin with :data:`SENTENCES`. The list is closed so that a test can read all of it: no sentence names anybody.
"""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "lead.outage": "{text_outage}",
    "lead.others": "It was the gravest of {count} outages in this window, and what follows is about this one.",
    "lead.no-loss": "No outage of {country}'s routes was seen from {from} until {until}{text_blind}.",
    "lead.glimpse": "{text_seen}.",
    "lead.reconstruction": "This is a reconstruction from documented facts and not a measurement.",
    "blind": ", as far as they could be watched",
    "size": "Normally there: {networks}, {addresses}, announced by {as_list}.",
    "size.six": "Normally there too: {networks}, {addresses}.",
    "size.six.only": "Normally there: {networks}, {addresses}.",
    "size.many": "Normally there: {networks}, {addresses}, announced by {origins}.",
    "origin-change": "{as_after} came to announce {addresses} of it at {from}{text_end}; before, {as_before} did.",
    "origin-change.end": ", but no longer did in the end",
    "watched": "Watched by {voters} outside the country, at {collectors}.",
    "comparators": "Beside others: of {countries} countries {smaller} have fewer addresses delegated to them; the "
    "country in the middle has {median}.",
    "lead-up": "For {length} before, its routes came and went ({swings}), {trend}.",
    "quiet": "Nothing led up to it in the {hours} before that were watched.",
    "quiet.since": "Nothing led up to it in the {hours} since the unrest before.",
    "cliff": "The loss grew from a tenth to nine tenths within {seconds}.",
    "staged": "{lost} went one after another; the loss grew from a tenth to nine tenths within {seconds}.",
    "spared": "When most of it was gone, {as_list} still had routes.",
    "decayed": "The loss frayed over {seconds}.",
    "repeated": "Other outages that began at the same time of day within four days of it: {count}.",
    "holders": "Of the voters, {percent} went on holding the lost routes.",
    "return.same": "It came back over the same providers as before, {as_list}.",
    "return.same.one": "It came back over the same provider as before, {as_list}.",
    "return.other": "It came back over {as_after}; before, it had been reached over {as_before}.",
    "provider-change.to": "{as_list} came to carry a large part of it, without an outage; before, it had been reached "
    "over many networks with small parts each: a change of providers is no outage.",
    "provider-change.from": "{as_list} ceased to carry a large part of it, without an outage: it is reached over many "
    "networks with small parts each, and a change of providers is no outage.",
    "provider-change.came": "{as_after} came to carry a part of it, beside those that had before, without an outage: a "
    "change of providers is no outage.",
    "provider-change.went": "{as_before} ceased to carry a part of it, and others stayed, without an outage: a change "
    "of providers is no outage.",
    "provider-change.came-and-went": "{as_after} came to carry a part of it and {as_before} ceased to, while others "
    "stayed, without an outage: a change of providers is no outage.",
    "provider-change": "The way to it changed from {as_before} to {as_after}, without an outage: a change of providers "
    "is no outage.",
    "data-plane": "Packets were lost all the same, as the user gives it; routes were not, and why people were cut off "
    "is not visible in them.",
    "consistent": "The pattern is consistent with {text_causes}.",
    "consistent.none": "Nothing that was observed points to any of the causes that were weighed.",
    "less-likely": "Less likely are {text_causes}. {text_reason}",
    "less-likely.one": "Less likely is {text_causes}. {text_reason}",
    "contradicted": "Ruled out: {text_causes}. {text_reason}",
    "not-observable": "Not observable here: {text_causes}.",
    "verdict.unknown": "The data single out no cause.",
    "verdict.one": "Of the causes weighed only one is consistent with the data, {text_causes}; something speaks "
    "against every other.",
    "cannot": "The data do not say who or what did it, or why, and do not tell human action from technical failure.",
    "where": "{text_where}",
    "cannot.item": "{text_limit}",
    "apart": "{text_question} It bears on {text_causes}. {text_seen}",
    "apart.seen": "This report shows it.",
    "apart.unseen": "This report cannot see it.",
    "for": "For {text_cause}: {text_reasons}",
    "against": "Against {text_cause}: {text_reasons}",
    "ratio": "{text_evidence} Past shutdowns were so {ratio} times as often as other national outages. {text_note}",
    "ratio.context": "Context, and never a decision: events of 2018 to 2021 that one project could see, a few "
    "countries among them many times.",
}

HEADINGS: Mapping[str, str] = {
    "seen": "What was seen",
    "where": "Where the routes died",
    "causes": "What it is consistent with, and what is less likely",
    "reasons": "For and against",
    "apart": "What would tell",
    "limits": "What cannot be known from here",
    "ratios": "How often it was so in the past",
}
