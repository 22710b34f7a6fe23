"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:
do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.543,
    names=3.189,
    extra_names=-0.873,
    voices=3.661,
    one_sided=-0.415,
    clash=-0.661,
    place=0.0,
    countries=2.666,
    country_clash=0.0,
    topics=1.048,
    numbers=0.53,
    dates=0.141,
    terms=3.565,
    title=2.946,
    same_outlet=0.0,
    status_clash=-1.55,
    days=-1.674,
    late=-1.041,
    same=-0.75,
    maybe=-2.75,
)
