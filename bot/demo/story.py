"""The story that `nabat demo` plays: Bishkek, June to October 2023, as four invented outlets might have told it.

The facts are those of public reports on Aleksei Rozhkov, Alena Krylova and Lev Skoryakin, and on Aikhal Ammosov
in Kazakhstan; every sentence is written for this project, and the outlets do not exist. `relevant` is what the
keyword pack must find; tests hold it to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.model import LegalStatus, Outlet

OUTLETS = (
    Outlet("chui", "Чуйский листок", "https://chui.example"),
    Outlet(
        "steppe",
        "Степной телеграф",
        "https://steppe.example",
        status=(LegalStatus("RU", "undesirable", "2023-01-26"),),
    ),
    Outlet("wire", "Tian Shan Wire", "https://wire.example"),
    Outlet("observer", "Silk Road Observer", "https://observer.example"),
)
LANGUAGE = {"chui": "ru", "steppe": "ru", "wire": "en", "observer": "en"}
COUNTRY = {"chui": "KG", "wire": "KG"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One item as an outlet published it. `case` is equal for items of one event, and None where none is reported."""

    outlet: str
    published: datetime
    title: str
    summary: str
    case: str | None = None

    @property
    def relevant(self) -> bool:
        return self.case is not None


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=UTC)


SCENES = (
    Scene(
        "chui",
        _at(6, 5, 6),
        "В Бишкеке на неделю закроют мост через Ала-Арчу",
        "Движение перекроют с понедельника: дорожники меняют опоры. Троллейбусы пойдут в объезд.",
    ),
    Scene(
        "steppe",
        _at(6, 6, 9, 20),
        "В Бишкеке задержали российского активиста Алексея Рожкова",
        "Сотрудники ГКНБ увезли Рожкова из съёмной квартиры во вторник утром. В России его обвиняют в поджоге "
        "военкомата, и Москва добивается его выдачи. Друзья узнали о случившемся, когда он перестал "
        "отвечать на звонки.",
        "rozhkov",
    ),
    Scene(
        "wire",
        _at(6, 6, 13, 5),
        "Russian activist Aleksei Rozhkov detained in Bishkek",
        "Kyrgyz security officers detained the anti-war activist Aleksei Rozhkov at his rented flat on Tuesday, "
        "his friends say. Russia is seeking his extradition over an attack on a draft office.",
        "rozhkov",
    ),
    Scene(
        "observer",
        _at(6, 7, 7),
        "Kyrgyz hydropower output falls as Toktogul level drops",
        "Engineers expect imports of electricity to grow this winter. The energy ministry asks households to save.",
    ),
    Scene(
        "wire",
        _at(6, 9, 8, 40),
        "Second Russian in a week held in Kyrgyzstan: Lev Skoryakin arrested",
        "Lev Skoryakin, an activist of a left-wing movement who fled Russia, was arrested in Bishkek on Friday at "
        "Moscow's request. A court will decide on his arrest pending extradition, his lawyer said.",
        "skoryakin",
    ),
    Scene(
        "chui",
        _at(6, 9, 11, 15),
        "Активиста Льва Скорякина задержали в Бишкеке по запросу России",
        "Скорякин уехал из России, опасаясь преследования. Суд решит, арестовать ли его до экстрадиции. "
        "Правозащитники напоминают, что он просил убежища.",
        "skoryakin",
    ),
    Scene(
        "chui",
        _at(6, 12, 5, 30),
        "Рейс Бишкек – Стамбул задержан на шесть часов",
        "Самолёт не смог вылететь из-за тумана. Пассажирам выдали воду и талоны на обед.",
    ),
    Scene(
        "steppe",
        _at(6, 28, 10),
        "В Бишкеке задержана Алёна Крылова, которую разыскивает Россия",
        "Правозащитницу Крылову задержали на улице: её опознала камера с распознаванием лиц. В России её дело "
        "связывают с движением, которое суд признал экстремистским. Ей грозит экстрадиция.",
        "krylova",
    ),
    Scene(
        "observer",
        _at(7, 3, 9),
        "Bishkek jazz festival returns after a two-year break",
        "Bands from six countries will play in the capital's parks this weekend. Entry is free.",
    ),
    Scene(
        "chui",
        _at(9, 13, 12),
        "Льва Скорякина освободили из СИЗО в Бишкеке",
        "Российский активист Скорякин вышел на свободу после трёх месяцев под стражей: прокуратура отказалась "
        "выдать его России. Он ждёт решения по прошению об убежище.",
        "skoryakin",
    ),
    Scene(
        "observer",
        _at(9, 22, 8, 30),
        "Kazakhstan holds Yakut activist Aikhal Ammosov, wanted by Russia",
        "Police in Almaty detained the Yakut anti-war activist, who had fled to Kazakhstan from a criminal case. "
        "Rights groups ask the authorities not to extradite him to Russia.",
        "ammosov",
    ),
    Scene(
        "chui",
        _at(10, 2, 6),
        "Банки Кыргызстана увеличили выдачу кредитов малому бизнесу",
        "За девять месяцев предприниматели получили на треть больше займов. Ставки не изменились.",
    ),
    Scene(
        "wire",
        _at(10, 17, 7, 10),
        "Lev Skoryakin handed over to Russia, now in a Moscow jail",
        "Kyrgyz officers took Skoryakin from a hostel in Bishkek and put him on a plane to Moscow. His lawyers "
        "learned of the extradition only when he was found in a detention centre there.",
        "skoryakin",
    ),
    Scene(
        "steppe",
        _at(10, 17, 9, 45),
        "Льва Скорякина выдали России: он в московском СИЗО",
        "Активиста забрали из хостела в Бишкеке и вывезли самолётом в Москву. Адвокаты три дня не знали, где он.",
        "skoryakin",
    ),
)
