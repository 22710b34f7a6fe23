"""A request's parameters, as multipart, urlencoded, JSON or a query string: the Bot API takes all four."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from bot.demo.botapi.refusal import Refusal, bad_request

_ESCAPES = re.compile(rb"(?:%[0-9a-fA-F]{2})+")


class Upload(bytes):
    """An uploaded file, under the name that it was sent with."""

    name = "file"


class Params(dict[str, Any]):
    """Parameters by name. Values are text, bytes of an uploaded file, or JSON values, as they were sent."""

    def text(self, name: str) -> str:
        value = self.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def integer(self, name: str) -> int | None:
        value = self.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be a valid Integer") from None

    def flag(self, name: str) -> bool:
        value = self.get(name)
        return value is True or (isinstance(value, str) and value.strip().lower() in {"true", "yes", "1"})

    def loaded(self, name: str) -> Any:
        """A JSON-serialised parameter, loaded; None where it is absent."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        value = self.loaded(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def integers(self, name: str) -> list[int]:
        value = self.loaded(name)
        if not isinstance(value, list) or not value:
            raise bad_request("message identifiers are not specified")
        return [int(each) for each in value]

    def file(self, name: str) -> Upload | None:
        """An uploaded file, sent in the parameter itself or in the one it names; or a file id or URL as bytes."""
        value = self.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self.get(value.removeprefix("attach://"))
        if isinstance(value, str) and value:
            return Upload(value.encode())
        return value if isinstance(value, Upload) else None

    def logged(self) -> dict[str, Any]:
        """The parameters for the log of requests: a file is told by its size."""
        return {k: f"<{len(v)} bytes>" if isinstance(v, bytes) else v for k, v in self.items()}


async def read_params(request: web.BaseRequest) -> Params:
    """The parameters of the query string and of the body, whatever its form."""
    params = Params(request.query) if request.query_string else Params()
    if not request.body_exists:
        return params
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        params.update(_pairs(await request.read()))
    elif kind == "application/json":
        params.update(_json_object(await request.read()))
    elif kind.startswith("multipart/"):
        await _read_multipart(request, params)
    return params


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    """The pairs of an urlencoded body. urllib's parser takes several times as long for Cyrillic, all of it %XX."""
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        yield _unquoted(name), _unquoted(value)


def _unquoted(part: bytes) -> str:
    part = part.replace(b"+", b" ")
    if b"%" in part:
        part = _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace(b"%", b"").decode()), part)
    return part.decode("utf-8", "replace")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refusal(400, "Bad Request: can't parse request body as JSON")
    return value


async def _read_multipart(request: web.BaseRequest, params: Params) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        body = bytes(await part.read())
        if part.filename is None:
            params[part.name] = body.decode("utf-8", "replace")
        else:
            params[part.name] = upload = Upload(body)
            upload.name = part.filename
