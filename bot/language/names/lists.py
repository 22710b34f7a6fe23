"""Closed lists that names are read with: words by a person, words that no name holds, endings of surnames."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from bot.language.skeleton import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


HERE = Path(__file__).parent


@cache
def given_names() -> frozenset[str]:
    """Given names, folded: pymorphy3's (given.txt) and the Western ones."""
    return frozenset((HERE / "given.txt").read_text(encoding="utf-8").split()) | western_names()


@cache
def western_names() -> frozenset[str]:
    lines = (HERE / "western.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(name) for line in lines if not line.startswith("#") for name in line.split())


SURNAME_EN = re.compile(
    r"(?:[aeiouy]v|[^aeiou]+ev|[aeo]u|in|yn|sky|skiy|ski|skii|enko|anka|chuk|shuk|yuk|iuk|yan|ian|yants|dze"
    r"|shvili|ov[aoy]?|ev[ay]"
    r"|ova|eva|aeva|ina|yna|skaya|skaia|kaya|vich|wicz|vic|vić|zade|zoda|ogly|oglu|uulu|kyzy|bekov|bayev"
    r"|khanov|manov|iev|yev|aev"
    r"|[^aeiou]ow[ay]?|[ae]yew|chyk|chik|shyk"
    r"|oev|ayev|oyev|ouski|ouskaya|iyev|lyk|ulin|ullin|skas|aitis|inas|enas|auskas|kus|onis|bek|beck|shko"
    r"|chko|lenko|nko|ets|ytskyi|skyi|skyy)$",
    re.IGNORECASE,
)
SURNAME_RU = re.compile(
    r"(?:[оеё]в|[иы]н|ск(?:ий|ая)|цк(?:ий|ая)|ск|енко|чук|щук|чик|юк|[аяь]н|янц|дзе|швили|заде|зод|зода|оглы|ович"
    r"|евич|[иы]ч|ейко|айко|ец|лы"
    r"|ко|ск[аи]й?|цьк(?:ий|а)|єв|їн|ів)(?:а|у|ом|ым|им|е|ой|ою|ого|ому|ым|ую|ей|ем|ові|еві|ою|ої|ого|ій|і|ы"
    r"|ых|ыми|ам|ами)?$"
)
"""How most surnames of the region end, with the case endings after them."""

SURNAME_TURKIC = re.compile(
    r"(?:[оеэё]в|[иы]н|ск(?:ий|ая|ой)|енко|[оеэё]ва|[иы]на|ұлы|улы|қызы|кызы|уулу|тегін|теги|зода|ян|дзе|швили)$"
)

ORGANISATION_EN = _set(
    """
    academy administration affairs agency airlines airport airways alliance army assembly association authority
    bank board brigade broadcasting bureau cathedral center centre chamber channel church city club coalition
    college commission committee community company confederation congress constitution convention corporation
    council country county court daily department directorate district division dream duma embassy emergencies
    emirates enterprise exchange federation fleet force forces forum foundation front fund gazette general
    government group guard guardian helsinki herald high hospital house human independent initiative inspectorate
    institute intelligence international investigative journal judicial justice law league legion liberal liberty
    library magazine mail marshals media memorial migration military minister ministry mission monitor monitoring
    movement museum nation national nations navy network news newspaper observatory observer office organisation
    organization parliament party penal people petroleum police post presidential press prison project prosecutor
    prosecutors public radio region regional report reporters republic rights road school security senate service
    services sinister society special state station street studio supreme television telegraph telecom theatre
    theater times today tribunal tribune tv union united university village voice wagner war watch weekly white
    world zone parliamentary foreign internal interior defence defense january february march april may june july
    august september october november december monday tuesday wednesday thursday friday saturday sunday interpol
    tass bbc cnn fsb kgb nato eu un osce telegram facebook instagram youtube twitter tiktok google apple
    """
)
ORGANISATION_CYRILLIC = re.compile(
    r"(?:мин(?:юст|обороны|здрав|фин|истерств|транс)|генпрокур|прокурат|суд|мвд|мид|сизо|тв|госдум|парламент"
    r"|конгресс|комитет"
    r"|ассоциац|министерств|нацсобран|жогорк|кенеш|кеңеш|хурал|рада$|сейм|мажилис|мәжіліс|курултай|сенат"
    r"|госсовет|совет|ата журт|национальн|народн|служб|республик|федерац|област|район|край|университет"
    r"|институт|агентств|газет|новост|радио|телеграм"
    r"|интерпол|омбудсмен|правительств|верховн|конституц|генконсул|посольств|банк|движени|партия|партии|фонд"
    r"|организац|хельсинк"
    r"|дум(?:а|ы|у|е|и|і|ой|ою)$|сот|сотт|бийлиг|прокурату|министрлиг|министрліг|комитет|мекеме|партия|өкмөт|үкімет|облус|облыс|район"
    r"|аудан|көше|шаар|қала)"
)

VOICES_EN = _set(
    """
    president minister premier governor mayor senator ambassador judge prosecutor lawyer attorney spokesman
    spokeswoman spokesperson chairman chairwoman director head chief deputy secretary commissioner speaker
    lawmaker expert analyst coordinator ombudsman consul official founder co-founder defender professor
    """
)
SPEECH_EN = _set(
    """
    said says told tells according added adds argues explains explained believes notes noted warns warned
    """
)
VOICES_CYRILLIC = re.compile(
    r"(?:президент|министр|міністр|премьер|губернатор|мэр|мер|сенатор|посол|судь|прокурор|генпрокурор|адвокат"
    r"|юрист|защитни|захисни"
    r"|пресс|спикер|спікер|депутат|глав|руководител|директор|начальник|замминистр|замести|заступник|вице"
    r"|экс-глав|секретар|эксперт|"
    r"аналитик|правозащитни|правозахисни|координатор|омбудсмен|консул|генконсул|уполномоченн|представител"
    r"|основател|сооснователь"
    r"|адвокаты|министри|төраға|төрага|баштык|басшы|өкіл|өкүл|қорғаушы|коргоочу)"
)
SPEECH_CYRILLIC = re.compile(
    r"(?:сказа|рассказал|сообщи|заяви|уверен|счита|утвержда|подчеркн|отмети|пояснил|объясни|словам|пообеща"
    r"|призва|добави|напомн|посетова|призна|назва|ответи|написа|уточни|предупреди|возрази|замети"
    r"|повідоми|сказав|сказала|розпові|заявив|заявила|пояснив|словами|наголоси|деди|дейді|айтты|айтат"
    r"|билдирди|мәлімдеді|хабарлады)"
)
