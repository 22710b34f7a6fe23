"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus: do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-2.295,
    names=2.982,
    extra_names=-0.747,
    voices=3.524,
    one_sided=-0.496,
    clash=-0.736,
    place=0.0,
    countries=2.575,
    country_clash=0.0,
    topics=0.674,
    numbers=0.383,
    dates=0.129,
    terms=3.888,
    title=2.967,
    same_outlet=0.0,
    status_clash=-1.516,
    days=-1.629,
    late=-1.06,
    same=-0.75,
    maybe=-2.75,
)
