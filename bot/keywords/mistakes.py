"""What can be wrong with a query, told to the moderator who typed it, in English or Russian."""

from __future__ import annotations

import unicodedata

from bot.errors import UserMistake

_SENTENCES: dict[str, tuple[str, str]] = {
    "empty": (
        "a word was expected; the query is empty",
        "ожидалось слово; запрос пуст",
    ),
    "word": (
        "a word, a \"phrase\", an @group or an opening bracket was expected here",
        "здесь ожидалось слово, «фраза», @группа или открывающая скобка",
    ),
    "end": (
        "the query stops here; a word, a \"phrase\" or an @group was expected after the operator",
        "запрос обрывается здесь; после оператора ожидалось слово, «фраза» или @группа",
    ),
    "closing bracket": (
        "a closing bracket ) was expected",
        "ожидалась закрывающая скобка )",
    ),
    "opening bracket": (
        "this bracket closes nothing; remove it, or write the opening one before it",
        "эта скобка ничего не закрывает; уберите её или поставьте перед ней открывающую",
    ),
    "empty bracket": (
        "a word was expected between the brackets",
        "между скобками ожидалось слово",
    ),
    "closing quote": (
        "the quotation opened here is not closed; a closing quote was expected",
        "кавычка здесь открыта и не закрыта; ожидалась закрывающая",
    ),
    "quoted words": (
        "words were expected between the quotes",
        "между кавычками ожидались слова",
    ),
    "letters": (
        "letters or digits were expected in this word",
        "в этом слове ожидались буквы или цифры",
    ),
    "prefix": (
        "a beginning needs at least three letters before the *, {found} will not do",
        "перед * нужны хотя бы три буквы, {found} не годится",
    ),
    "star": (
        "the * belongs directly after the beginning of a word, as in extradit*",
        "звёздочка ставится сразу после начала слова: экстрадиц*",
    ),
    "exact": (
        "a word or phrase was expected right after {found}, without a space and without *",
        "сразу после {found} ожидалось слово или фраза, без пробела и без *",
    ),
    "minus": (
        "a word was expected right after the minus, without a space",
        "сразу после минуса ожидалось слово, без пробела",
    ),
    "near": (
        "NEAR needs a number of words from 1 to {most}, as in NEAR/4",
        "после NEAR нужно число слов от 1 до {most}: NEAR/4",
    ),
    "near sides": (
        "both sides of NEAR must be words, phrases or alternatives of them, without AND, NOT or fields",
        "по обе стороны NEAR ожидаются слова, фразы или их перечень через |, без И, НЕ и полей",
    ),
    "tilde": (
        "~ with a number from 1 to {most} was expected right after a phrase of two or more words",
        "~ с числом от 1 до {most} ставится сразу после фразы из двух и более слов",
    ),
    "group name": (
        "the name of a group was expected right after @",
        "сразу после @ ожидалось название группы",
    ),
    "unknown group": (
        "there is no group {found}; expected one of: {known}",
        "группы {found} нет; есть: {known}",
    ),
    "group in itself": (
        "the group {found} uses itself; take it out of its own alternatives",
        "группа {found} использует саму себя; уберите её из её же перечня",
    ),
    "unknown field": (
        "there is no field {found}; expected title:, source:, lang: or country:",
        "поля {found} нет; есть title:, source:, lang: и country:",
    ),
    "field value": (
        "{found} takes a single value or alternatives in brackets, as in {found}(a | b)",
        "после {found} ожидается одно значение или перечень в скобках: {found}(a | b)",
    ),
    "language": (
        "there is no language {found}; expected one of: {known}",
        "языка {found} нет; есть: {known}",
    ),
    "country": (
        "two letters of a country were expected, as in country:KG, not {found}",
        "ожидались две буквы страны, например country:KG, а не {found}",
    ),
    "only negations": (
        "the query only says what must not be there; a word that must be there was expected",
        "запрос говорит только о том, чего быть не должно; ожидалось и слово, которое должно быть",
    ),
    "too long": (
        "a query may have {most} characters; use a group for long lists",
        "в запросе может быть {most} знаков; длинный перечень вынесите в группу",
    ),
    "too large": (
        "with its groups written out the query has more than {most} words; name fewer groups, or each only once",
        "с раскрытыми группами в запросе больше {most} слов; назовите меньше групп или каждую один раз",
    ),
    "too deep": (
        "brackets and groups may be nested {most} deep",
        "скобки и группы могут быть вложены не глубже чем на {most}",
    ),
    "character": (
        "the sign {found} has no meaning here; a word was expected",
        "знак {found} здесь ничего не значит; ожидалось слово",
    ),
}  # fmt: skip


def width(text: str) -> int:
    """Columns that `text` takes in monospaced print: none for an accent on a letter, two for an emoji."""
    return sum(
        0 if unicodedata.category(sign) in ("Mn", "Me") else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


class QueryError(UserMistake):
    """The query cannot be read."""

    def __init__(self, text: str, column: int, kind: str, *, group: str | None = None, **words: object) -> None:
        self.text = text
        """The query in which the mistake stands: the one entered, or that of the group it uses."""
        self.column = column
        """Where in `text`, in characters from 0."""
        self.kind = kind
        self.group = group
        """The group whose text this is; None for the query itself."""
        self._words = words
        super().__init__(f"column {column + 1}{f' of @{group}' if group else ''}: {self.expected}")

    @property
    def expected(self) -> str:
        """What was expected at the column, in English."""
        return self._sentence("en")

    def explain(self, language: str) -> str:
        """Three lines: the text, a caret under the column, and what was expected, in "en" or "ru"."""
        place = f"@{self.group}: " if self.group else ""
        sentence = self._sentence(language)
        return f"{self.text}\n{' ' * width(self.text[: self.column])}^\n{place}{sentence[:1].upper()}{sentence[1:]}."

    def pointed(self, window: int) -> str:
        """The text around the mistake, about `window` characters of it, and a caret under its column."""
        start = max(min(self.column - window * 2 // 3, len(self.text) - window), 0)
        end = start + window
        before, after = "…" if start else "", "…" if end < len(self.text) else ""
        shown = f"{before}{self.text[start:end]}{after}"
        return f"{shown}\n{' ' * width(before + self.text[start : self.column])}^"

    def _sentence(self, language: str) -> str:
        english, russian = _SENTENCES[self.kind]
        return (russian if language == "ru" else english).format(**self._words)
