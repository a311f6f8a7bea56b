"""When help is wanted and for how long somebody stays, as far as a text says so.

Urgency follows dates and words about time: today and what cannot wait (hunger, pain, cold, standing at the station) is now, up to
ten days is days, later is later. The horizon is hours in transit, weeks for a stay with an end, and permanent where settled
life shows: a flat of one's own, work, school, day-care, benefits.
"""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

import re
from collections.abc import Iterator
from datetime import date, timedelta

from anlaufstelle_contracts import Horizon, Urgency

SOON = timedelta(days=10)
"""Until then it is a matter of days."""
HALF_A_YEAR = timedelta(days=180)
PAST = timedelta(days=60)
"""A date without a year that far back is over; farther back it is next year's."""

_NOW = re.compile(
    r"\b(?:(?:сьогодні|сегодня)(?! (?:вранці |утром |вночі |ночью |знов\w* |снова |мені |мне |нам |вже |уже |я |ми |мы )?(?:прий?ш\w+|отрима\w+|получ\w+|сказа\w+|видал\w+|"
    r"дали|відмов\w+|отказ\w+|бачи\w+|видел\w+|дізна\w+|узна\w+|були|были|була|был\w?|їхал\w+|ехал\w+|зателефон\w+|позвон\w+|забра\w+))|"
    r"(?:цієї|цю|этой|эту) н[оі]ч(?:і|и|ь)?\b|(?:атака|приступ) (?:зараз|сейчас)|прямо (?:зараз|сейчас)|(?:зараз|сейчас) (?:же|на|стоїмо|стоим|сидимо|сидим|мерзн\w+|мёрзн\w+|в аптец|у лікар|потрібн\w+|нужн\w+)|"
    r"негайно|немедленно|heute(?! (?:hat|habe|kam|wurde|morgen kam))|(?<!ab )sofort|jetzt gleich|gerade jetzt|tonight|today|right now|immediately|this evening)\b"
    r"|(?:стоїмо|стоим|сидимо|сидим|застряг\w+|застрял\w+|stuck|stranded|stehen|sitzen|gestrandet|waiting)[^.!?]{0,30}(?:вокзал|bahnhof|hbf|station|airport|flughafen|аеропорт|аэропорт)"
    r"|(?:нема|нет|нічого|нечего|нічим|нечем|чим|чем)[^.!?]{0,12}(?:їсти|есть|кормить|годувати)\b|nichts (?:mehr )?zu essen|nothing to eat|hungr|голодн[іыи]|голодаем|голодуємо"
    r"|(?:болить|болит|біль|боль)[^.!?]{0,25}(?:зуб|дуже|очень|сильн|живіт|живот|вух|ухо)|(?:зуб|живіт|живот|вухо|ухо)[^.!?]{0,15}(?:болить|болит)|гостр\w+ біль|остр\w+ боль"
    r"|starke (?:zahn)?schmerzen|zahnschmerzen|toothache|severe pain|температура (?:під |под )?(?:39|40)|39[,.]\d|40 ?°|fieber (?:über |von )?(?:39|40)"
    r"|м[её]рзн(?:емо|ем|у|ут|уть)\b|замерза\w+|freezing|frieren|erfrier\w+|(?:нічого|ничего) не (?:їли|ели|їв|їла|ел|ела)\b|день не (?:їли|ели)\b|(?:hat|habe|haben|jetzt) (?:hohes )?fieber"
    r"|(?:нема|нет|немає|нема де|негде|ніде)[^.!?]{0,8}(?:ночувати|ночевать|спати|спать)|на вулиці ноч\w+|ночу\w+ на вулиці|на улице ноч\w+|schlafen? (?:heute )?(?:auf der straße|draußen)|sleep(?:ing)? (?:outside|rough|on the street)"
)
_DAYS = re.compile(
    r"\b(?:завтра|післязавтра|послезавтра|терміново|терминово|срочно|цього тижня|(?:на )?этой недел[еи]|(?:на )?цьому тижні|(?:на )?наступн(?:ого|ому) тижн\w+|на следующей неделе|"
    r"(?:за|через) (?:кілька|несколько|пару|два|три|чотири|четыре|п'ять|пять|2|3|4|5|6|7|8|9|10) (?:дн\w+|діб)|через (?:тиждень|неделю)\b|через день|на днях|за тиждень|"
    r"до кінця (?:тижня|місяця)|до конца (?:недели|месяца)|на вихідн\w+|на выходн\w+|"
    r"(?<!guten )(?<!am )(?<!jeden )(?<!heute )morgen(?! (?:früh )?(?:immer|um immer))|übermorgen|dringend\w*|eilig|diese[r]? woche|nächste[r]? woche|in (?:zwei|drei|vier|fünf|2|3|4|5|6|7) tagen|in einer woche|"
    r"am wochenende|bis ende (?:der woche|des monats)|kurzfristig|schnellstmöglich|"
    r"tomorrow|urgent\w*|asap|as soon as possible|this week(?:end)?|next week|in (?:a few|two|three|four|five|2|3|4|5|6|7) days|in a week|(?:two|three|few|2|3|4|5) days left|(?:залишилось|лишилось|осталось) (?:два|три|2|3|4|5) дн\w+|(?:noch|bleiben) (?:zwei|drei|2|3|4|5) tage|ab sofort|by the end of the (?:week|month)|till the 1st|until the 1st)\b"
)
_WEEKDAY = re.compile(
    r"\b(?<!по )(?:(?:у|в|во|до|з|с|на|к|із) (?:(?:цю|цей|этот|эту|наступн\w+|следующ\w+|найближч\w+|ближайш\w+) )?(?:понеділ\w+|вівтор\w+|серед[уи]|четвер\w*|п'ятниц\w+|субот\w+|неділ[юіи]|"
    r"понедельник\w*|вторник\w*|сред[уы]|пятниц\w+|суббот\w+|воскресень\w+)|(?:am|bis|zum|ab|nächsten|diesen) (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)(?!s)|"
    r"(?:on|by|until|this|next) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?!s))\b"
)
_AGAIN = re.compile(
    r"кожн\w+|кажд\w+|щотижн\w+|щодня|еженедельн\w+|ежедневн\w+|раз на тиждень|раз в неделю|\bпо (?:понеділк|вівторк|серед|четверг|п'ятниц|субот|неділ|понедельник|вторник|сред|пятниц|суббот|воскресень)\w+|"
    r"jede[nrs]?\b|wöchentlich|täglich|regelmäßig|every|weekly|regularly|sonst|з понеділка по|с понедельника по"
)
"""What happens again and again has no day on which it is wanted."""
_LATER = re.compile(
    r"\b(?:через (?:місяц\w+|месяц\w*|(?:два|три|2|3|4) (?:тижн\w+|недел\w+|місяц\w+|месяц\w+))|за (?:два|три|2|3|4) тижні|за місяць|"
    r"(?:на|к|перед|після|после) (?:нового року|новий рік|новому году|новый год|різдв\w+|рождеств\w+|великодн\w+|великдень|пасху|пасхи|свят\w*|праздник\w*)|навесні|весной|к (?:весне|лету)|"
    r"наступн\w+ (?:місяц\w+|року|рік|весн\w+|літ\w+)|следующ\w+ (?:месяц\w*|год\w*|весн\w+|лет\w+)|"
    r"in (?:zwei|drei|vier|2|3|4) wochen|in einem monat|nächste[nrs]? (?:monat|jahr|frühjahr|sommer)|(?:vor|zu|nach|über) weihnachten|zu[rm]? weihnachtsfeier|zum jahreswechsel|im (?:nächsten )?frühjahr|"
    r"in (?:two|three|four|2|3|4) weeks|in a month|next (?:month|year|spring|summer)|(?:before|by|for|after) (?:christmas|new year|easter)|in spring)\b"
)
_AT_STATION = re.compile(
    r"\b(?:на вокзал[іе]|am (?:haupt)?bahnhof|am hbf|(?:at|near) (?:the |leipzig )?(?:main |train |central )?(?:station|hbf)|platform \d+|на перон[іе])\b"
)
"""Who stands there, or travels on, wants it now unless another day is named."""
_MONTHS = (
    r"січ(?:ень|ня|ні|нем)|янв(?:аря|арь|аре|\.)|januar|january|jan\.?", r"лют(?:ий|ого|ому)|феврал[ьяе]|februar|february|feb\.?",
    r"берез(?:ень|ня|ні)|март(?:а|е)?|märz|march", r"квіт(?:ень|ня|ні)|апрел[ьяе]|april", r"трав(?:ень|ня|ні)|ма[йяе]|mai|may",
    r"черв(?:ень|ня|ні)|июн[ьяе]|juni|june", r"лип(?:ень|ня|ні)|июл[ьяе]|juli|july", r"серп(?:ень|ня|ні)|август[ае]?|august",
    r"верес(?:ень|ня|ні)|сентябр[ьяе]|september|sept?\.", r"жовт(?:ень|ня|ні)|октябр[ьяе]|oktober|october|okt\.|oct\.?",
    r"листопад(?:а|і|у)?|ноябр[ьяе]|november|nov\.?", r"груд(?:ень|ня|ні)|декабр[ьяе]|dezember|december|dez\.|dec\.?",
)  # fmt: skip
_MONTH = re.compile("|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, 1)))
_NAMED_DAY = re.compile(
    r"\b(?P<day>\d{1,2})(?:-?го|\.|st|nd|rd|th)?\s(?:of\s)?(?P<month>" + "|".join(_MONTHS) + r")\b(?:\s(?P<year>20\d\d))?"
    r"|\b(?P<month2>" + "|".join(_MONTHS) + r")\s(?P<day2>\d{1,2})(?:st|nd|rd|th)?\b(?!\s?(?:років|лет|uhr|:))"
)
_DIGITS = re.compile(
    r"(?<![\d.,/])(?P<day>\d{1,2})\.(?P<month>0?[1-9]|1[0-2])(?:\.(?P<year>20\d\d|\d\d)?)?(?![\d:/])(?!\s?(?:€|euro|євро|евро|кг|kg|м|cm|см|uhr|год))"
)
_IN_MONTH = re.compile(
    r"\b(?:у|в|з|із|с|на|к|ab|im|anfang|ende|mitte|in|by|from|початку|кінця|начала|конца)\s(?P<month>"
    + "|".join(_MONTHS)
    + r")\b(?!\s\d)"
)

HOURS = re.compile(
    r"\b(?:транзит\w*|проїздом|проездом|пересадк[аиу]|durchreise|auf der durchreise|weiterreise|passing through|in transit|layover|stopover|on my way (?:from|to)|"
    r"(?:наступний|наш|дальше|далі) (?:потяг|поїзд|автобус)|(?:поезд|потяг|автобус|поїзд) (?:дальше|далі|аж|только|тільки|лише)|(?:їдемо|едем|ідемо) (?:далі|дальше) (?:завтра|зранку|утром|сьогодні|сегодня)|"
    r"train leaves|next train|connection|onward (?:bus|train)|anschlusszug|nächster zug|zug fährt (?:erst|morgen)|for (?:a few|\d) hours|на кілька годин проїзд|"
    r"(?:на|одну) (?:одну )?ніч[^.!?]{0,30}(?:потяг|автобус|їдемо|далі)|(?:на|одну) (?:одну )?ночь[^.!?]{0,30}(?:поезд|автобус|едем|дальше))\b"
)
WEEKS = re.compile(
    r"\b(?:(?:на|ще|еще|ещё|через|до) (?:(?:пару|кілька|декілька|несколько|два|три|чотири|четыре|2|3|4|5|6) )?(?:тижн\w+|недел\w+|місяц\w+|месяц\w+)(?=\b)(?:[- ](?:півтора|полтора|два|другий|другой))?|"
    r"(?:тижні|недели|місяці|месяца) на (?:два|три|дві|две)|тимчасово(?! (?:прихист|захист|непрац))|временно(?! (?:защит|нераб))|на (?:перший час|первое время)|в гостях|у гост[ія]х|приїде в гості|приехал\w* в гости|"
    r"до весни|до весны|до літа|до лета|поки не повернемось|vorübergehend|(?:für|die nächsten) (?:ein paar|einige|zwei|drei|vier|2|3|4|5|6) (?:wochen|monate)|für einen monat|befristet|zu besuch|"
    r"for (?:a|one|a few|a couple of|two|three|2|3|4|5|6) (?:weeks?|months?)|temporar\w+|visiting|until (?:spring|summer))\b"
)
_STAYS = re.compile(
    r"\b(?:ми тут|мы тут|мы здесь|ми в|мы в|я тут|я здесь|живу|живем|живемо|приїхал\w+|приехал\w+|кімнат\w+|комнат\w+|житл\w+|жиль\w+|квартир\w+|помешк\w+|zimmer|wohnung|unterkunft|room|flat|stay\w*|visit\w*|we are|we're|here|wir sind|приїде|приезжа\w+|гост[ія]х?|гости|проект\w*|проєкт\w*|besuch|pass\w* through)\b"
)
"""A time span is about a stay only beside these."""
PERMANENT = re.compile(
    r"\b(?:назавжди|навсегда|на довгий термін|на довго|надолго|на постійн\w+|на постоянн\w+|liv(?:e|ing) here for good|dauerhaft|langfristig|long.term|permanent\w*|"
    r"шко(?:ла|лу|лі|ли|лою|ле|лы|льн\w+)|клас(?:і|у|с|се|са|сы|сов)?|класс\w*|ліце[йюї]\w*|гімназі\w+|гимнази\w+|schul\w*|klasse|ranzen|hausaufgaben|nachhilfe|school\w*|grade|homework|"
    r"садо?ч?[оі]?к[уаи]?|сад(?:ик\w*|ка|ку|очок)|дитсад\w*|детсад\w*|ясл\w+|kita\w*|kindergarten|tagesmutter\w*|krippe\w*|nursery|kindergarten|childcare|няньк\w+|"
    r"робот[аиуі]\w*|работ[аыуе]\w*|працю\w+|зарплат\w+|зміни|смен[аыу]\w*|роботодав\w+|работодат\w+|миниджоб\w*|мініджоб\w*|вакансі\w+|ваканси\w+|резюме|співбесід\w+|собеседован\w+|"
    r"arbeit(?:e|en|et|s\w+|geber\w*)?|job\b|jobs\b|minijob|ausbildung\w*|bewerbung\w*|schicht\w*|gehalt|mitarbeiter\w*|kolleg\w+|work(?:s|ing|ed)?|employer|salary|shifts?|cv|interview|internship|"
    r"джобцентр\w*|jobcenter\w*|соціаламт\w*|социаламт\w*|sozialamt\w*|familienkasse|kindergeld\w*|elterngeld\w*|wohngeld\w*|вонгельд\w*|кіндергельд\w*|киндергельд\w*|bürgergeld|leipzig-pass|bafög|wbs|"
    r"schufa|steuer\w*|податк\w+|пенсі\w+|пенси\w+|rente|tax|договір оренди|договор аренды|оренд\w+|аренд\w+|mietvertrag\w*|miete\w*|vermieter\w*|хазяїн\w*|хозяин\w*|landlord|rent\b|lease|залог\w*|kaution|"
    r"(?:шука\w+|ищ\w+|потрібн\w+|нужн\w+|знайш\w+|нашли|дали|порожн\w+|пустую|пуста) (?:\w+ )?квартир\w+|(?:suche\w*|neue|eigene|leere) (?:\w+ )?wohnung|looking for (?:a |an )?(?:\w+ )?(?:flat|apartment)|new (?:flat|apartment)|"
    r"переїжджа\w+|переїзд\w*|переезд\w*|переезжа\w+|перебира\w+|umzug\w*|umziehen|ziehen? (?:wir |von |nach |am |im |um)|moving (?:to|from|house|leipzig)|"
    r"диплом\w*|анеркен\w+|визнан\w+|признани\w+|нострифік\w+|anerkennung\w*|abschluss|diplom\w*|recognition|степень|атестат\w*|аттестат\w*|університет\w*|университет\w*|студі\w+|учёб\w+|навчан\w+|studi\w+|university|"
    r"курс(?:и|у|ы|ов|ів|ах)?|deutschkurs\w*|sprachkurs\w*|integrationskurs\w*|kurs\b|course|вчити німецьк\w+|учить немецк\w+|німецьку|розмовн\w+|разговорн\w+|deutsch lernen|learn german|sprachcafé|"
    r"водійськ\w+|права (?:на|кат|укр|узб)|обмін\w* прав|обмен\w* прав|führerschein\w*|driving licen[cs]e|§ ?24|параграф\w*|aufenthalts\w+|посвідк\w+|внж|громадянств\w+|гражданств\w+|einbürgerung|residence permit|"
    r"сімейн\w+ лікар\w+|семейн\w+ врач\w*|hausarzt\w*|family doctor|(?:live|lives|living) in|живу (?:в|у|тут)|живемо (?:в|у|тут)|живем (?:в|тут)|проживаю|wohnen? (?:wir |ich )?(?:in|seit|im)|wohnt (?:in|bei|seit|mit)|другий рік|второй год|третій рік|третий год|"
    r"гурт(?:ок|ку|ки)|кружок|секці\w+|секци\w+|verein|басейн|плаванн\w+|плавани\w+|swimming lessons|schwimmkurs\w*|музичн\w+ школ\w+|музыкальн\w+ школ\w+|pflegegrad\w*|пфлегеград\w*|schwerbehinder\w*|інвалідніст\w+|инвалидност\w+)\b"
)


def urgency(said: str, today: date) -> Urgency | None:
    """When help is wanted, by what a text (in plain spelling) says of time."""
    if _NOW.search(said):
        return Urgency.NOW
    if first := min(_dates(said, today), default=None):
        return Urgency.NOW if first == today else Urgency.DAYS if first <= today + SOON else Urgency.LATER
    if _DAYS.search(said) or (_WEEKDAY.search(said) and not _AGAIN.search(said)):
        return Urgency.DAYS
    if _LATER.search(said):
        return Urgency.LATER
    return Urgency.NOW if HOURS.search(said) or _AT_STATION.search(said) else None


def horizon(said: str) -> Horizon | None:
    """How long somebody stays, or that settled life shows."""
    if HOURS.search(said):
        return Horizon.HOURS
    if WEEKS.search(said) and _STAYS.search(said):
        return Horizon.WEEKS
    return Horizon.PERMANENT if PERMANENT.search(said) else None


def _dates(said: str, today: date) -> Iterator[date]:
    """The days from today on that a text names; of a month alone, the middle, when it is not far off."""
    for match in _NAMED_DAY.finditer(said):
        month = _month(match["month"] or match["month2"])
        yield from _coming(int(match["day"] or match["day2"]), month, match["year"], today)
    for match in _DIGITS.finditer(said):
        yield from _coming(int(match["day"]), int(match["month"]), match["year"], today)
    for match in _IN_MONTH.finditer(said):
        yield from (day for day in _coming(15, _month(match["month"]), None, today) if day <= today + HALF_A_YEAR)


def _month(name: str) -> int:
    found = _MONTH.fullmatch(name)
    return int((found.lastgroup or "m1")[1:]) if found else 1


def _coming(day: int, month: int, year: str | None, today: date) -> Iterator[date]:
    written = int(year) + (2000 if len(year) == 2 else 0) if year else today.year
    try:
        found = date(written, month, day)
        if not year and found < today - PAST:
            found = date(written + 1, month, day)
    except ValueError:  # the 31st of February
        return
    if found >= today:
        yield found
