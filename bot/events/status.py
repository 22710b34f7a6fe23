"""Where a person's case stands, and how it may go on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.model import Status, Topic

# What a report says, in the order in which it is believed: an outcome before a demand, a demand before an arrest.
# «Could be», "risks" and "faces" turn an outcome into something sought, so they are read first.
_SAID: tuple[tuple[Status, re.Pattern[str]], ...] = tuple(
    (status, re.compile(pattern, re.IGNORECASE))
    for status, pattern in (
        (
            Status.EXTRADITION_REFUSED,
            r"(?:refus|reject|den(?:y|ie)|declin|turn(?:s|ed)? down|block)\w* (?:\S+ ){0,5}(?:extradit|hand)"
            r"|extradition (?:\S+ ){0,4}(?:refused|rejected|denied|turned down|blocked|suspended)"
            r"|(?:won't|will not|not be|cannot be|can't be|did not|didn't) (?:extradit|hand)"
            r"|отказ\w* (?:\S+ ){0,4}(?:выда|экстради)|не (?:выдал|выдаст|выдадут|отдадут|экстрадиру"
            r"|передадут|вернет)"
            r"|экстрадици\w+ (?:\S+ ){0,4}(?:приостанов|отмен|отклон)|приостанов\w+ (?:\S+ ){0,3}экстрадици"
            r"|нельзя (?:отдать|выдать)"
            r"|не (?:видав|видала|видасть|видадуть|віддадуть)|відмов\w+ (?:\S+ ){0,4}(?:екстради|видач)"
            r"|экстрадици\w* (?:\S+ ){0,3}(?:баш тарт|четке как)|экстрадици\w* (?:\S+ ){0,3}бас тарт|бермейтін бол",
        ),
        (
            Status.EXTRADITION_SOUGHT,
            r"(?:could|may|might|risk\w*|fac(?:es|ing)|threat\w*|fear\w*|seek\w*|sought|request\w*|ask\w*"
            r"|demand\w*|want\w*|weigh\w*"
            r"|consider\w*|pending|possible|await\w*|don't|should not) (?:\S+ ){0,5}(?:extradit"
            r"|hand(?:ed)? over)|extradition (?:request|case|hearing)"
            r"|(?:гроз|угро|могут|может|прос|требу|запро|добива|ждет|ждут|риск|опаса"
            r"|возможн)\w* (?:\S+ ){0,5}(?:экстради|выда)"
            r"|(?:выдач|экстради)\w* (?:\S+ ){0,3}(?:прос|требу|запро|добива)"
            r"|(?:загрож|може|прос|вимаг|запит)\w* (?:\S+ ){0,5}(?:екстради|видач|видат)",
        ),
        (
            Status.EXTRADITION_APPROVED,
            r"(?:approv|order|allow|rul|clear)\w* (?:\S+ ){0,4}(?:extradit)|(?:одобр|разреш|постанов"
            r"|санкционир|соглас)\w* (?:\S+ ){0,5}"
            r"(?:экстради|выда)|(?:дозвол|схвал)\w+ (?:\S+ ){0,4}(?:екстради|видач)",
        ),
        (
            Status.HANDED_OVER,
            r"\bextradit(?:ed|es)\b|hand(?:ed|s) (?:\S+ ){0,3}over|(?:экстрадир\w+|выдал[аи]?|передал[аи]?"
            r"|выдан[аы]?)\b"
            r"|екстрадував|екстрадувал|видал[аи]\b|видав\b|экстрадициялады|экстрадицияланды|өткөрүп бер"
            r"|тапшыр(?:ды|ышты)|тапсырды",
        ),
        (
            Status.DISAPPEARED,
            r"abduct|kidnap|disappear|went missing|missing since|whereabouts|похи(?:щ|т)|пропал|исчез|викрал"
            r"|викраден|зник\b|зникл"
            r"|ұрлап|жоғалып|уурда|жоголгон|дайынсыз",
        ),
        (
            Status.RELEASED,
            r"\b(?:releas|freed|frees|free on|set free|walks free)\w*|granted (?:\S+ ){0,2}asylum|освобо"
            r"|отпусти|вышел на свобод|вышла на свобод"
            r"|вышел из|вышла из|на свободе|получи\w+ (?:\S+ ){0,2}убежищ|звільн|відпусти|отримав притул"
            r"|бошот|босатыл|бостандыққа",
        ),
        (
            Status.EXPELLED,
            r"deport(?:ed|s)\b|expel(?:led|s)\b|sent back|forced back|ordered to leave"
            r"|told (?:\S+ ){0,3}to leave|депортировал|депортирова[нл]"
            r"|высла|выдвор|развернули|не впусти|не пусти|выгна|депортував|депортува|видвор|вислал"
            r"|депортация(?:лан|лад)|чыгарып жибер|кіргізбе|киргизбе",
        ),
        (
            Status.DETAINED,
            r"\b(?:detain|arrest|jail|custody|held\b|seized|remand)|задерж|арест|схват|под страж|взял[аи]?\b"
            r"|изолятор|сизо|затрим|заарешт"
            r"|під варту|ұста|қамау|қамал|кармал|кармады|камак|камал",
        ),
    )
)

BY_TOPIC = {
    Topic.ABDUCTION: Status.DISAPPEARED,
    Topic.RELEASE: Status.RELEASED,
    Topic.DEPORTATION: Status.EXPELLED,
    Topic.EXTRADITION: Status.EXTRADITION_SOUGHT,
    Topic.DETENTION: Status.DETAINED,
}
"""What a topic means for a case where the words tell no more. Wanted, surveillance and law say nothing."""

_FROM_CUSTODY = {
    Status.EXTRADITION_SOUGHT,
    Status.EXTRADITION_APPROVED,
    Status.EXTRADITION_REFUSED,
    Status.HANDED_OVER,
    Status.EXPELLED,
    Status.DISAPPEARED,
    Status.RELEASED,
}

NEXT: dict[Status, frozenset[Status]] = {
    Status.UNKNOWN: frozenset(Status) - {Status.UNKNOWN},
    Status.DETAINED: frozenset(_FROM_CUSTODY),
    # An arrest after the demand is part of it: the case does not go back to "detained".
    Status.EXTRADITION_SOUGHT: frozenset(_FROM_CUSTODY - {Status.EXTRADITION_SOUGHT}),
    Status.EXTRADITION_APPROVED: frozenset(_FROM_CUSTODY - {Status.EXTRADITION_SOUGHT, Status.EXTRADITION_APPROVED}),
    # An appeal can turn a refusal, and a refusal does not stop an expulsion.
    Status.EXTRADITION_REFUSED: frozenset(_FROM_CUSTODY - {Status.EXTRADITION_SOUGHT, Status.EXTRADITION_REFUSED}),
    Status.HANDED_OVER: frozenset({Status.RELEASED}),
    Status.EXPELLED: frozenset({Status.DETAINED, Status.DISAPPEARED, Status.RELEASED}),
    Status.DISAPPEARED: frozenset({Status.DETAINED, *_FROM_CUSTODY} - {Status.DISAPPEARED}),
    Status.RELEASED: frozenset({Status.DETAINED, *_FROM_CUSTODY} - {Status.RELEASED, Status.EXTRADITION_REFUSED}),
}
"""How a case goes on. A report that says otherwise is late or wrong, and changes nothing."""


def status_of(topics: Iterable[Topic], title: str, summary: str = "") -> Status:
    """What a report says of the case: by its headline, then by its summary, then by its topics.

    Without a topic of a person's case there is none: a law on extradition extradites nobody.
    """
    meant = [BY_TOPIC[topic] for topic in BY_TOPIC if topic in set(topics)]
    if not meant:
        return Status.UNKNOWN
    for text in (title, summary):
        for status, pattern in _SAID:
            if pattern.search(text):
                return status
    return meant[0]


def advance(old: Status, new: Status) -> Status:
    """The status of a case after a report: `new` where the case can go on to it, else `old`."""
    return new if new in NEXT[old] else old


def overrule(old: Status, new: Status) -> Status:
    """What a moderator decides holds, whatever came before; only a mistake is not replaced by nothing at all."""
    return old if new is Status.UNKNOWN else new
