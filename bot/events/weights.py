"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus: do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.008,
    names=3.033,
    extra_names=-0.544,
    voices=3.031,
    one_sided=-0.225,
    clash=-1.207,
    place=0.0,
    countries=1.564,
    country_clash=0.0,
    topics=1.333,
    numbers=0.407,
    dates=0.218,
    terms=3.52,
    title=2.573,
    same_outlet=-0.205,
    status_clash=-0.834,
    days=-1.833,
    late=-0.95,
    same=-0.25,
    maybe=-2.25,
)
