"""Where methods are entered under their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.demo.botapi.params import Params
from bot.demo.botapi.world import BotWorld

Method = Callable[[BotWorld, Params], Any]
"""Carries a request out and returns its `result`; raises Refusal. It never waits."""

METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Enter a function as the methods of these names (any case)."""

    def enter(function: Method) -> Method:
        METHODS.update(dict.fromkeys(map(str.lower, names), function))
        return function

    return enter
