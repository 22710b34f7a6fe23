"""What an alert says, as decided once and kept with it; and what a reader chose, as far as messages depend on it."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from bot.alerts.naming import together, unseen
from bot.model import LegalStatus, Places, Status, Topic


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet that reported the event, with the labels that states have put on it."""

    name: str
    url: str | None
    published: datetime | None
    status: tuple[LegalStatus, ...] = ()
    publisher: str | None = None
    """Sources of one publisher count as one; None where the outlet is its own."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The same event in another language, quoted from the outlet that first told it so; `bold` as in Content."""

    language: str
    headline: str
    excerpt: str
    bold: Places
    outlet: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """The snapshot that every reader's message is rendered from.

    `bold` are character places in `headline` (field "title") and `excerpt` (field "summary"); both are plain text,
    quoted from the outlet and never rewritten. `countries` has the place first. `sources` has the first outlet first.
    `people` are those whom the event's reports are about. `announced` is the status that it went out with, where a
    moderator has overruled that since. `earlier`: how the case stood before, and when that was told; for /latest alone.
    Without a `topic` it is for those who follow somebody whom it names, and says so. `language` is that of the quote,
    None where nobody told it; `wordings` have the event in the other languages in which it came.
    """

    topic: Topic | None
    headline: str
    excerpt: str
    bold: Places
    countries: tuple[str, ...]
    status: Status
    sources: tuple[Source, ...]
    published: datetime | None
    one_source: bool = False
    people: tuple[str, ...] = ()
    language: str | None = None
    wordings: tuple[Wording, ...] = ()
    announced: Status | None = None
    earlier: tuple[tuple[Status, datetime], ...] = ()

    @property
    def wording(self) -> Wording:
        """The words of the outlet that told it first, behind the first link there is."""
        first = next((source for source in self.sources if source.url), None)
        name, url = (first.name, first.url) if first is not None else ("", None)
        return Wording(self.language or "", self.headline, self.excerpt, self.bold, name, url)

    def told_in(self, language: str) -> Wording:
        """What a reader of `language` reads: an outlet's own words in it where there are any, else the first ones."""
        own = self.wording
        return next((wording for wording in (own, *self.wordings) if wording.language == language), own)

    def also(self, wording: Wording) -> Content:
        """With a further wording, where it brings a language that none had: of two in one language the first stays."""
        if self.language is None or wording.language in {self.language, *(w.language for w in self.wordings)}:
            return self
        return replace(self, wordings=(*self.wordings, wording))

    def joined(self, further: Content) -> Content:
        """With the sources and people of a further report; with its words too, unless they are of other people."""
        more = self.with_all(further.sources, further.people)
        return more.also(further.wording) if self.tells_of(further.people) else more

    def with_all(self, sources: Iterable[Source], people: Iterable[str]) -> Content:
        """With further sources, each outlet once, and further people, each person once."""
        said = {source.name for source in self.sources}
        more = tuple(source for source in sources if source.name not in said)
        return replace(self, sources=(*self.sources, *more), people=together(self.people, people))

    def only_of(self, sources: Iterable[Source], people: Sequence[str]) -> Content:
        """Without the sources and people that are none of these."""
        left = {source.name for source in sources}
        return replace(
            self,
            sources=tuple(source for source in self.sources if source.name in left),
            people=tuple(name for name in self.people if len(together(people, [name])) == len(people)),
        )

    def tells_of(self, people: Collection[str]) -> bool:
        """Whether a message of it may turn to words about these people: not where it names others and none of them.

        After a merge that happens, and the words of one person's arrest must not replace those of another's.
        """
        told = f"{self.headline} {self.excerpt}"
        names_somebody = len(unseen(self.people, told)) < len(self.people)
        return not people or not names_somebody or len(unseen(people, told)) < len(people)

    def requoted(self, url: str | None, headline: str, excerpt: str, bold: Places) -> Content:
        """With other words in the wording that was read at this address, where there is one."""
        return replace(
            self,
            wordings=tuple(
                replace(known, headline=headline, excerpt=excerpt, bold=bold) if url and known.url == url else known
                for known in self.wordings
            ),
        )

    def only_read_at(self, addresses: Container[str | None]) -> Content:
        """Without the wordings that were read elsewhere: those of items that turned out to be of another event."""
        return replace(self, wordings=tuple(known for known in self.wordings if known.url in addresses))

    @property
    def uncertain(self) -> bool:
        """Whether "one source so far" is to be said: it was, and all that report it belong to one publisher."""
        return self.one_source and len({source.publisher or source.name for source in self.sources}) == 1

    @property
    def overruled(self) -> bool:
        """Whether its status is a moderator's, and not what its outlets said."""
        return self.announced not in (None, self.status)

    def as_decided(self, status: Status, topic: Topic | None) -> Content:
        """With the status that a moderator decided, and the topic that goes with it."""
        return replace(self, status=status, topic=topic, announced=self.announced or self.status)

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the store; `from_json` gives an equal Content back."""
        return dict(_plain(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Content:
        return cls(
            topic=None if data["topic"] is None else Topic(data["topic"]),
            headline=data["headline"],
            excerpt=data["excerpt"],
            bold=_places(data["bold"]),
            countries=tuple(data["countries"]),
            status=Status(data["status"]),
            sources=tuple(_source(source) for source in data["sources"]),
            published=_moment(data["published"]),
            one_source=data["one_source"],
            people=tuple(data["people"]),
            language=data.get("language"),
            wordings=tuple(Wording(**{**w, "bold": _places(w["bold"])}) for w in data.get("wordings", ())),
            announced=None if data.get("announced") is None else Status(data["announced"]),
            earlier=tuple((Status(status), datetime.fromisoformat(at)) for status, at in data.get("earlier", ())),
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader's choices that change a message. `jurisdictions`: the states whose labels are shown."""

    language: str = "ru"
    jurisdictions: tuple[str, ...] = ("RU", "BY")
    discreet: bool = False
    time_zone: str = "UTC"


def _places(data: Any) -> Places:
    return tuple((str(field), int(begin), int(end)) for field, begin, end in data)


def _source(data: dict[str, Any]) -> Source:
    status = tuple(
        LegalStatus(s["jurisdiction"], s["label"], s["since"], s["source"], _day(s["checked"])) for s in data["status"]
    )
    return Source(data["name"], data["url"], _moment(data["published"]), status, data.get("publisher"))


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _plain(value: Any) -> Any:
    match value:
        case Content() | Wording() | Source() | LegalStatus():
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
