"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:
do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.506,
    names=3.397,
    extra_names=-0.784,
    voices=3.745,
    one_sided=-0.213,
    clash=-0.499,
    place=0.0,
    countries=2.43,
    country_clash=0.0,
    topics=1.01,
    numbers=0.598,
    dates=0.152,
    terms=3.464,
    title=2.845,
    same_outlet=0.0,
    status_clash=-1.631,
    days=-1.795,
    late=-0.975,
    same=-1.25,
    maybe=-3.25,
)
