"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:
do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.275,
    names=3.192,
    extra_names=-0.788,
    voices=3.671,
    one_sided=-0.417,
    clash=-0.709,
    place=0.0,
    countries=2.51,
    country_clash=0.0,
    topics=0.899,
    numbers=0.538,
    dates=0.153,
    terms=3.456,
    title=2.57,
    same_outlet=0.0,
    status_clash=-1.554,
    days=-1.771,
    late=-0.991,
    same=-1.0,
    maybe=-3.0,
)
