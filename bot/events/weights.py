"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus: do not edit by hand."""

from bot.events.likeness import Weights

WEIGHTS = Weights(
    bias=-4.0, names=4.0, extra_names=-1.0, voices=1.0, one_sided=-0.5, clash=-3.0, place=0.5, countries=1.0,
    country_clash=-3.0, topics=1.0, numbers=0.7, dates=0.7, terms=8.0, title=2.0, same_outlet=-0.5, status_clash=-0.7,
    days=-0.7, same=1.0, maybe=-1.0,
)  # fmt: skip
