"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:
do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-3.71,
    names=5.213,
    mentioned=2.454,
    extra_names=-0.553,
    voices=4.18,
    one_sided=-0.408,
    clash=-1.208,
    place=0.0,
    countries=1.908,
    only_russia=-0.442,
    country_clash=0.0,
    topics=1.611,
    numbers=0.483,
    number_clash=-0.329,
    dates=0.056,
    date_clash=-0.48,
    weekday_clash=-0.071,
    proper=1.245,
    terms=1.742,
    title=1.728,
    concepts=4.144,
    same_outlet=0.0,
    status_clash=-0.831,
    days=-1.698,
    late=-1.381,
    same=-1.5,
    maybe=-3.5,
)
