"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:
do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.274,
    names=3.191,
    extra_names=-0.789,
    voices=3.668,
    one_sided=-0.418,
    clash=-0.71,
    place=0.0,
    countries=2.51,
    country_clash=0.0,
    topics=0.901,
    numbers=0.538,
    dates=0.154,
    terms=3.454,
    title=2.568,
    same_outlet=0.0,
    status_clash=-1.553,
    days=-1.772,
    late=-0.991,
    same=-1.0,
    maybe=-3.0,
)
