"""From bytes to text: which charset a feed is really in.

A byte order mark decides; else valid UTF-8 is UTF-8, whatever the labels say (no Cyrillic text in an 8-bit
charset is valid UTF-8 by accident); else the XML declaration, then the HTTP header, unless Cyrillic in
another charset makes far more sense: a server that labels everything ISO-8859-1 or confuses windows-1251 with
KOI8-R is common. RFC 7303 would put the header first, but it is set by people who do not write the feed.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

# Only charsets that feeds are written in: Python would also "decode" punycode or utf-7, slowly or dangerously.
_KNOWN = re.compile(
    r"ascii|utf-8|utf-16(-[lb]e)?|iso8859-\d+|cp125\d|cp866|koi8-[rut]|kz1048|ptcp154|mac-cyrillic|gbk|gb18030"
    r"|big5|euc_jp|shift_jis|euc_kr|cp949"
)
_CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866")
_PAIR = re.compile("[оеаинтсрвлкмдпу]{2}")
_SAMPLE = 100_000
_FORGIVEN = 0.1  # the share of damaged characters up to which a text is taken for UTF-8

_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|([0-9]{1,10}));", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DROPPED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def decode(body: bytes, content_type: str | None) -> str:
    """The body as text, without a byte order mark and without characters that XML forbids; never fails."""
    return legible(_decode(body, content_type or "").removeprefix("\ufeff"))


def legible(text: str) -> str:
    """The text without characters that XML forbids: no database or header takes lone surrogates, nor each one NUL.

    They come in by side doors too: escapes of JSON, references of XML, headers that are not in UTF-8.
    """
    # translate, because sub would hold millions of pieces; search first, because it is rarely needed.
    return text.translate(_DROPPED) if _NOT_XML.search(text) else text


def with_legal_references(text: str) -> str:
    """The text without references to characters that XML forbids; two halves of one become that one.

    Programs that think in UTF-16 write an emoji as &#xD83D;&#xDE00;, and forms take in control characters.
    """
    found = _REFERENCE.sub(_legal, text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _legal(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    if 0xD800 <= code < 0xE000:
        return chr(code)
    return reference[0] if code <= 0x10FFFF and legible(chr(code)) else ""


def _decode(body: bytes, content_type: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    labels = [found[1].decode() for found in [_DECLARED.match(body)] if found]
    labels += [found[1] for found in [_IN_HEADER.search(content_type)] if found]
    return _likeliest(body, [name for label in labels if (name := _codec(label))])


def _codec(label: str) -> str | None:
    """Python's name of a charset that feeds may be in; ISO-8859-1 is read as windows-1252, as browsers do."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if not _KNOWN.fullmatch(name) or name.startswith("utf-16"):
        return None  # 16-bit text has been recognised by its first bytes, or it is not 16-bit text
    return "cp1252" if name in ("ascii", "iso8859-1") else name


def _likeliest(body: bytes, labels: list[str]) -> str:
    """UTF-8 with a few damaged places; else the first 8-bit label, unless a Cyrillic charset reads far better."""
    damaged = body.decode("utf-8", "replace")
    if damaged.count("\ufffd") < _FORGIVEN * _foreign(damaged):
        return damaged
    chosen = next((name for name in labels if name != "utf-8"), "cp1252")
    best = max(_CYRILLIC, key=lambda name: _sense(body, name))
    if _sense(body, best) > 2 * _sense(body, chosen) + 0.1:
        chosen = best
    return body.decode(chosen, "replace")


def _sense(body: bytes, encoding: str) -> float:
    """How much of what is not ASCII stands in pairs of common small Cyrillic letters: 0.3 to 0.6 if read rightly."""
    text = body[:_SAMPLE].decode(encoding, "replace")
    return 2 * len(_PAIR.findall(text)) / (_foreign(text) or 1)


def _foreign(text: str) -> int:
    """How many characters are not ASCII. A list of them would take eighty times their room."""
    return len(text) - len(text.encode("ascii", "ignore"))
