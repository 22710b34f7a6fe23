"""Faults on command: what goes wrong, for whom, how often."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.demo.botapi.refusal import Refusal, bad_request, forbidden, too_many_requests
from bot.errors import UserMistake

BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class FaultKind(StrEnum):
    ANSWER = "answer"
    """Refused with a Bot API error; nothing was done."""
    SERVER_ERROR = "server_error"
    """5xx; nothing was done."""
    SERVER_ERROR_AFTER = "server_error_after"
    """5xx, although the request was carried out: the reason why a 5xx proves nothing."""
    DROP_BEFORE = "drop_before"
    """The connection is lost before the request is carried out."""
    DROP_AFTER = "drop_after"
    """The request is carried out, and its answer lost."""
    SLOW = "slow"
    """The request is carried out, and answered late."""
    SLOW_BEFORE = "slow_before"
    """The request waits, and is then carried out and answered."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    It strikes requests of `method` (any case) and `chat_id`, None being any, with `probability`, at most `times`
    times, for at most `lasting` seconds from when it was ordered (a lasting 429 counts its retry_after down).
    `html`: a 5xx has nginx's page as its body instead of JSON. `delay` is in seconds.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | str | None = None
    probability: float = 1.0
    times: int | None = None
    lasting: float | None = None
    code: int = 0
    description: str = ""
    retry_after: int | None = None
    migrate_to: int | None = None
    delay: float = 0.0
    html: bool = False

    @classmethod
    def too_many(cls, retry_after: int = 5, **where: Any) -> Fault:
        return cls(FaultKind.ANSWER, code=429, retry_after=retry_after, **where)

    @classmethod
    def forbidden(cls, why: str = "blocked", **where: Any) -> Fault:
        """403. `why` is a short name from refusal.FORBIDDEN, or the whole sentence."""
        return cls(FaultKind.ANSWER, code=403, description=forbidden(why).description, **where)

    @classmethod
    def bad_request(cls, reason: str, **where: Any) -> Fault:
        """400. `reason` is what follows "Bad Request: "."""
        return cls(FaultKind.ANSWER, code=400, description=bad_request(reason).description, **where)

    @classmethod
    def answer(cls, code: int, description: str, **where: Any) -> Fault:
        """Any other refusal, word for word."""
        return cls(FaultKind.ANSWER, code=code, description=description, **where)

    @classmethod
    def server_error(cls, code: int = 502, *, html: bool = True, after: bool = False, **where: Any) -> Fault:
        kind = FaultKind.SERVER_ERROR_AFTER if after else FaultKind.SERVER_ERROR
        return cls(kind, code=code, description="Internal Server Error", html=html, **where)

    @classmethod
    def drop_before(cls, **where: Any) -> Fault:
        return cls(FaultKind.DROP_BEFORE, **where)

    @classmethod
    def drop_after(cls, **where: Any) -> Fault:
        return cls(FaultKind.DROP_AFTER, **where)

    @classmethod
    def slow(cls, delay: float, *, before: bool = False, **where: Any) -> Fault:
        return cls(FaultKind.SLOW_BEFORE if before else FaultKind.SLOW, delay=delay, **where)

    @property
    def refusal(self) -> Refusal:
        """The refusal that an ANSWER stands for."""
        if self.retry_after is not None:
            return too_many_requests(self.retry_after)
        parameters = {"migrate_to_chat_id": self.migrate_to} if self.migrate_to else None
        return Refusal(self.code, self.description, parameters)


@dataclass(slots=True)
class _Order:
    fault: Fault
    since: float
    left: int | None


class FaultBook:
    """The faults in force. `chance` gives numbers in [0, 1), seeded so that a run can be repeated."""

    def __init__(self, monotonic: Callable[[], float], seed: int = 0) -> None:
        self._now = monotonic
        self._chance = random.Random(seed)
        self._orders: dict[int, _Order] = {}
        self._ids = itertools.count(1)

    def order(self, fault: Fault) -> int:
        """Put a fault in force, and return the number by which to cancel it."""
        if not 0 < fault.probability <= 1:
            raise UserMistake("A fault's probability is more than 0 and at most 1.")
        number = next(self._ids)
        self._orders[number] = _Order(fault, self._now(), fault.times)
        return number

    def cancel(self, number: int | None = None) -> None:
        """End one fault, or all of them."""
        if number is None:
            self._orders.clear()
        else:
            self._orders.pop(number, None)

    def strike(self, method: str, chat_id: int | str | None) -> Fault | None:
        """The fault that strikes this request, if one does; the earliest ordered goes first."""
        if not self._orders:
            return None
        for number, order in list(self._orders.items()):
            if self._is_over(order):
                del self._orders[number]
            elif _concerns(order.fault, method, chat_id) and self._happens(order):
                return self._aged(order)
        return None

    def _is_over(self, order: _Order) -> bool:
        lasting = order.fault.lasting
        return order.left == 0 or (lasting is not None and self._now() >= order.since + lasting)

    def _happens(self, order: _Order) -> bool:
        if order.fault.probability < 1 and self._chance.random() >= order.fault.probability:
            return False
        if order.left is not None:
            order.left -= 1
        return True

    def _aged(self, order: _Order) -> Fault:
        fault = order.fault
        if fault.retry_after is None or fault.lasting is None:
            return fault
        return replace(fault, retry_after=max(1, math.ceil(order.since + fault.lasting - self._now())))


def _concerns(fault: Fault, method: str, chat_id: int | str | None) -> bool:
    if fault.method is not None and fault.method.lower() != method:
        return False
    return fault.chat_id is None or str(fault.chat_id) == str(chat_id)
