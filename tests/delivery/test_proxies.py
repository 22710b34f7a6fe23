"""The Bot API by way of NABAT_PROXY: the proxy is really used, and a dead one proves that nothing was sent."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from telegram import Bot

from bot.delivery.errors import Unconnected
from bot.delivery.request import AiohttpRequest
from bot.demo.botapi import FakeBotAPI
from bot.demo.proxies import HttpProxy, Proxy, SocksProxy

NAME = "api.telegram.example"
KINDS: tuple[type[Proxy], ...] = (HttpProxy, SocksProxy)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("credentials", [None, "nabat:s3cret"])
async def test_messages_go_by_way_of_the_proxy(kind: type[Proxy], credentials: str | None) -> None:
    async with FakeBotAPI() as api:
        place = urlsplit(api.url)
        person = api.private(api.user(7_000_000_001))
        await person.says("/start")
        async with kind({NAME: ("127.0.0.1", place.port or 0)}, credentials) as proxy:
            request = AiohttpRequest(proxy=proxy.url, read_timeout=5)
            async with Bot(api.token, base_url=f"http://{NAME}/bot", request=request) as bot:
                await bot.send_message(person.id, "A raid in Osh")
            assert {host for host, _ in proxy.asked} == {NAME}
        assert [message.text for message in person.received][-1] == "A raid in Osh"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dead_proxy_or_one_that_refuses_proves_that_nothing_was_sent(kind: type[Proxy]) -> None:
    async with FakeBotAPI() as api, kind({}) as empty, kind({}, "nabat:s3cret") as closed:
        guessed = closed.url.replace("s3cret", "gue55ed")
        for proxy in (f"{kind.scheme}://127.0.0.1:1", empty.url, guessed):
            request = AiohttpRequest(proxy=proxy, read_timeout=5)
            await request.initialize()
            try:
                with pytest.raises(Unconnected) as told:
                    await request.do_request(f"http://{NAME}/bot{api.token}/getMe", "POST")
            finally:
                await request.shutdown()
            assert api.token not in str(told.value)
            assert "gue55ed" not in str(told.value)
        assert closed.turned_away == 1
