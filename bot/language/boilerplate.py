"""What outlets print around their news: navigation, photo credits, and the notices that laws force on them.

The notices hold the very words that rules look for (fines, imprisonment, foreign agent, Russia), so they are found
here and skipped before matching. A sentence goes only when it holds every part of a notice: news *about* a law on
foreign agents stays.
"""

from __future__ import annotations

import re

Span = tuple[int, int]
"""Start and end, in characters, end exclusive."""

_LINE_MARKS = (
    # Navigation and players of the Pangea system (RFE/RL, VOA).
    "accessibility links", "xs sm md lg", "skip to main content", "skip to navigation", "skip to search",
    "no media source currently available", "the code has been copied to your clipboard",
    "the url has been copied to your clipboard", "embed share", "ссылки для упрощенного доступа",
    "линки доступности", "спеціальні можливості", "қолжетімділік сілтемелері", "жеткиликтүүлүк шилтемелери",
    # The line that WordPress puts under each entry of a feed.
    "appeared first on", "first appeared on", "впервые появилась на", "появились сначала на", "появилось сначала на",
    "спершу з'явився на", "спершу з’явився на", "вперше з'явився на", "вперше з’явився на",
)  # fmt: skip

_CREDIT = re.compile(
    r"^\W*(?:photo|file photo|photo by|photograph|image|picture|ap photo|фото|архивное фото|иллюстративное фото|"
    r"скриншот|иллюстрация|ілюстрація|коллаж|колаж|світлина|ілюстративне фото|архівне фото|сурет|"
    r"көрнекі сурет|сүрөт)\s*(?::|\||/|©|\()|"
    r"^\W*(?:©|photo by )",
    re.IGNORECASE,
)
_OTHER_ITEM = re.compile(
    r"^\W*(?:(?:(?:читайте|читать|смотрите) (?:также|еще)|по теме|(?:читайте|дивіться) також|(?:тағы )?оқыңыз|"
    r"(?:дагы )?окуңуз|read (?:more|also|next)|also read)\s*:|continue reading |запись .* впервые появилась )"
)
"""A line that leads to another item: it is not news of this one."""
_CREDIT_LENGTH = 140
"""A longer line than this, in characters, says more than who took the picture."""

# Each notice: every part must stand in the sentence; a part is one of several spellings. Lower case, ё as е.
_NOTICES: tuple[tuple[tuple[str, ...], ...], ...] = (
    # RFE/RL to readers with Russian passports: "could face fines or imprisonment for sharing, liking …".
    (("russian passport", "our content"), ("fine", "imprison"), ("sharing", "liking", "saving", "contacting")),
    (("российский паспорт", "паспорт рф", "нашего контента", "наших материалов", "нашими материалами"),
     ("штраф", "тюремн", "лишени"), ("лайк", "репост", "распростран", "комментир", "сохран", "делит")),
    (("наш материал", "наши материал", "нашего материала", "наших материал", "нашими материал", "наши тексты",
      "наших текст", "наш текст", "этот текст", "этот материал", "нашего контента", "сотрудничество с нами"),
     ("штраф", "тюрем", "тюрьм", "лишени", "уголовн"),
     ("лайк", "репост", "распростран", "комментир", "сохран", "делит", "пересыла", "ссылк", "донат", "сотруднич"),
     ("вам ", "вас ", "можете", "читател", "с нами", "может быть", "может стать")),
    (("если вы находитесь в росси", "если вы находитесь в рф", "если вы в росси", "читателям в росси"),
     ("не делитесь", "не пересылайте", "не распространяйте", "не сохраняйте", "не лайкайте")),
    (("if you are in russia", "readers in russia"), ("fine", "imprison", "prosecut"), ("sharing", "liking", "saving")),
    (("російський паспорт", "паспорт рф", "нашого контенту", "наших матеріалів"),
     ("штраф", "ув'язн", "ув’язн", "позбавлення"), ("лайк", "репост", "пошир", "вподоб", "комент", "збереж")),
    (("ресей паспорт", "ресейдің паспорт", "ресейлік паспорт"), ("айыппұл", "түрме", "бас бостандығ"),
     ("бөліс", "лайк", "пікір", "сақта", "репост")),
    (("орус паспорт", "орусия паспорт", "орусиянын паспорт", "россиянын паспорт"), ("айып", "түрмө", "абак", "эркинен"),
     ("бөлүш", "лайк", "пикир", "сакта", "репост")),
    # What Russian law orders its "foreign agents" and "undesirable organisations" to print.
    (("данное сообщение", "данный материал", "настоящий материал", "настоящее сообщение"),
     ("иностранным агент", "иностранного агента", "иноагент", "средством массовой информации",
      "нежелательн")),
    (("this message", "this material", "this news", "this content", "this publication"),
     ("created", "produced", "distributed", "disseminated"), ("foreign agent", "foreign mass media")),
    (("бұл материал", "осы материал", "бұл хабарлама"), ("жаса", "тарат", "дайында"),
     ("шетелдік агент", "шет елдік агент", "шетел агент")),
    (("бул материал", "ушул материал", "бул билдирүү"), ("жаса", "тарат", "даярда"), ("чет элдик агент",)),
    (("сообщение (материал)", "материал (информация)"), ("создан", "произведен", "распростран")),
    (("признан", "признала", "объявлен", "объявила"), ("нежелательн",),
     ("наша организация", "наш сайт", "наши материалы", "нашего сайта", "наше издание", "нас нежелательн")),
    (("declared", "designated", "labeled", "labelled"), ("undesirable",),
     ("our organization", "our organisation", "our website", "our content", "declared us", "labeled us")),
    (("визнал", "оголосил"), ("небажан",), ("нас небажан", "наше видання", "наш сайт", "наших матеріалів")),
)  # fmt: skip

_MADE_BY_AGENT = re.compile(
    r"\W*(?:(?:данн|настоящ|эт|дан|ц)\w+ )?(?:материал|сообщение|контент|новость|матеріал|повідомлення)\b.*"
    r"(?:создан|произвед|распростран|подготовл|направл|створен|поширен|виготовлен)\w*\s+"
    r"(?:иностранным агентом|иноагентом|иностранным средством|іноземним агентом|іноземним засобом)",
    re.DOTALL,
)
"""The same in other words; who is named a foreign agent for what others made is news."""

# "RFE/RL has been declared …": news, but before a notice in the same paragraph a part of it.
_PREFACE: tuple[tuple[str, ...], ...] = (
    ("undesirable", "нежелательн", "небажан", "жағымсыз", "жагымсыз"),
    ("declared", "designated", "labeled", "labelled", "признан", "объявлен", "визна", "оголо", "жариял", "таны", "табы",
     "тапты"),
)  # fmt: skip

# (признан в РФ иноагентом), [внесена в реестр …], *запрещена в РФ: a label beside a name is no news.
_BRACKETS = re.compile(r"[(\[][^()\[\]\n]{4,200}[)\]]|\*{1,3}[^*\n.]{4,160}\.?$", re.MULTILINE)
_BARE_LABEL = re.compile(
    r"\W*(?:(?:сми|мы|нко|медиа|в рф|в россии|россией)[- ])*(?:иноагент\w*|иностранн\w+ агент\w*|іноагент\w*|"
    r"іноземн\w+ агент\w*|нежелательн\w+ организаци\w+|небажан\w+ організаці\w+|foreign agents?|"
    r"undesirable organi[sz]ations?)(?: в (?:рф|россии)| in russia)?\W*"
)
"""Nothing but the label: (иноагент)."""
_LABEL_ACTS = ("призна", "внесен", "внесён", "включен", "включён", "объявлен", "запрещ", "визнан", "заборонен",
               "внесений", "designated", "declared", "labeled", "labelled", "banned", "recognized", "деп табыл",
               "деп таан", "деп таныл", "тыйым сал", "тыюу сал")  # fmt: skip
_LABELS = ("иноагент", "иностранн", "нежелательн", "экстремист", "террорист", "реестр", "в рф", "в россии",
           "на территории р", "в беларуси", "шетелдік агент",
           "іноагент", "іноземн", "небажан", "екстреміст", "терорист", "foreign agent", "undesirable",
           "extremist", "terrorist", "in russia", "шет елдік агент", "чет элдик агент", "жағымсыз")  # fmt: skip

_LINE_END = re.compile(r"\n")
# Possessive, and never begun inside a row of dots: time stays linear in a text of nothing but dots.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[»”\")\]]*+\s++|\n++")

# A word that begins so stands in every line and notice above: nearly all texts need no closer look.
_HINTS = ("accessibility", "xs", "skip", "currently", "clipboard", "embed", "appeared", "ссылк", "линк", "спеціальн",
          "қолжетімд", "шилтеме", "появил", "спершу", "вперше", "photo", "image", "picture", "фото", "скриншот",
          "світлин", "сурет", "сүрөт", "passport", "liking", "sharing", "saving", "contacting", "паспорт", "контент",
          "материал", "матеріал", "сообщени", "foreign", "undesirable", "нежелательн", "небажан", "иллюстрац",
          "ілюстрац", "коллаж", "колаж", "читайт", "читать", "смотрите", "теме", "дивіть", "оқыңыз", "окуңуз", "read",
          "continue", "запись", "делитесь", "пересылайте", "распространяйте", "сохраняйте", "лайкайте", "сотрудничеств",
          "текст")  # fmt: skip


def is_hint(surface: str) -> bool:
    """Whether a word (its surface) may belong to boilerplate: a text without such a word, and without brackets, a
    star or an address, holds none."""
    return surface.startswith(_HINTS)


def has_marks(text: str) -> bool:
    """Whether `text` has brackets or a star, in which labels stand, or the sign of a credit."""
    return "(" in text or "[" in text or "*" in text or "©" in text


def boilerplate(text: str) -> list[Span]:
    """Where in `text` an outlet's own lines and notices stand: spans in order, none overlapping."""
    lowered = _lowered(text)
    found = _labels(text, lowered) if has_marks(text) else []
    if "©" in text or _any_in(_HINTS, lowered):
        found += [span for span in _pieces(text, _LINE_END) if _is_furniture(lowered[span[0] : span[1]])]
        found += _notices(lowered, _pieces(text, _SENTENCE_END))
    return merged(found)


def blanked(text: str) -> str:
    """`text` with spaces for boilerplate, so that places in it hold."""
    for start, end in boilerplate(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _lowered(text: str) -> str:
    lowered = text.lower().replace("ё", "е")
    # "İ" grows by a character in lower case; offsets must stay those of the text.
    return lowered if len(lowered) == len(text) else "".join(c.lower()[:1] for c in text)


def _labels(text: str, lowered: str) -> list[Span]:
    return [match.span() for match in _BRACKETS.finditer(text) if _is_label(lowered[match.start() : match.end()])]


def _is_label(inside: str) -> bool:
    return (_any_in(_LABEL_ACTS, inside) and _any_in(_LABELS, inside)) or _BARE_LABEL.fullmatch(inside) is not None


def _any_in(parts: tuple[str, ...], text: str) -> bool:
    return any(part in text for part in parts)


def _notices(lowered: str, sentences: list[Span]) -> list[Span]:
    """The sentences that are notices, each with the one before if that leads up to it."""
    found: list[Span] = []
    before = None
    for span in sentences:
        sentence = lowered[span[0] : span[1]]
        if _is_notice(sentence):
            found += [span] if before is None else [before, span]
        leads = "\n" not in sentence and all(_any_in(part, sentence) for part in _PREFACE)
        before = span if leads else None
    return found


def _pieces(text: str, border: re.Pattern[str]) -> list[Span]:
    spans, start = [], 0
    for match in border.finditer(text):
        spans.append((start, match.end()))
        start = match.end()
    return [*spans, (start, len(text))]


def _is_furniture(line: str) -> bool:
    credited = len(line) <= _CREDIT_LENGTH and _CREDIT.match(line) is not None
    return credited or _any_in(_LINE_MARKS, line) or _OTHER_ITEM.match(line) is not None


def _is_notice(sentence: str) -> bool:
    listed = any(all(_any_in(part, sentence) for part in notice) for notice in _NOTICES)
    return listed or _MADE_BY_AGENT.match(sentence) is not None


def merged(spans: list[Span]) -> list[Span]:
    """`spans` in order, those that touch made one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole
