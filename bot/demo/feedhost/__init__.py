"""A feed host: publishers on loopback for demo, tests and benchmarks, well-mannered or misbehaving on command."""

from bot.demo.feedhost.host import FeedHost
from bot.demo.feedhost.misbehaviour import Bad, Misbehaviour
from bot.demo.feedhost.render import Channel, FeedItem, Form, render
from bot.demo.feedhost.resource import FeedRequest, PublishedFeed, Resource

__all__ = [
    "Bad",
    "Channel",
    "FeedHost",
    "FeedItem",
    "FeedRequest",
    "Form",
    "Misbehaviour",
    "PublishedFeed",
    "Resource",
    "render",
]
