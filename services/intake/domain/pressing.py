"""Nowhere to sleep, nothing to eat: needs of tonight that are said in few words and ask for nothing.

«Нас вигнали» sounds like a story and «негде спать» like danger; both are needs that cannot wait.
"""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

import re

from anlaufstelle_contracts import Category

from .phrases import plain

_NO = r"(?:нема|немає|нет|негде|ніде|нігде)"
_SLEEP = r"(?:спати|спать|ночувати|ночевать|переночувати|переночевать|переспати|переспать|жити сьогодні|жить сегодня)"
_ELSEWHERE = r"(?! (?:\w+ )?(?:з|із|зі|с|со|из) (?:робот|чат|груп|урок|клас|магазин|бар|каф[еі]|кіно|кино|курс|школ|сад|гри\b|игр|футбол|кухн))"
_SAID = {
    Category.HOUSING: (
        rf"{_NO} (?:\w+ ){{0,2}}?{_SLEEP}\b|{_SLEEP} (?:\w+ ){{0,2}}?{_NO}\b|{_NO} (?:\w+ )?(?:места|місця) для но[чc]\w+",
        r"(?:посел|засел|переноч|переспа|ноч[іе]вл|ночлег)\w* (?:\w+ ){0,3}?(?:на (?:одну )?(?:ніч|ночь)|(?:одну|цю|эту) (?:ніч|ночь)|сьогодні|сегодня)\b|(?:де|где) (?:\w+ ){0,2}?(?:переноч|переспа)\w+|місце на ніч|место на ночь",
        rf"(?:нас|мене|меня|(?:хазя\w+|хозя\w+)(?: (?:нас|мене|меня))?) (?:сьогодні |сегодня |щойно |вчора |вчера )?(?:ви|вы)(?:гна|сели|стави)(?:ли|в|ла|л)\b{_ELSEWHERE}",
        r"kein\w* (?:\w+ )?(?:schlafplatz|unterkunft|platz zum schlafen|ort zum schlafen|übernachtung)|(?:wo (?:wir|ich)|wo soll(?:en)? (?:wir|ich)) (?:heute |diese nacht )?(?:nacht )?(?:schlafen|übernachten)|(?:schlafplatz|bett|unterkunft) für (?:heute|die|eine|diese) ?(?:nacht)?|notschlafstelle",
        r"(?:wir wurden|ich wurde|uns|mich) (?:heute )?(?:rausgeworfen|rausgeschmissen|auf die straße gesetzt|vor die tür gesetzt)",
        r"(?:nowhere|no place) to (?:sleep|stay|go tonight)|(?:kicked|threw|thrown) (?:me |us )?out(?! of (?:the |a |my )?(?:group|chat|class|game|bar|club|course))|(?:bed|place|somewhere) (?:to \w+ )?(?:for the night|for one night|for tonight|tonight)",
    ),
    Category.FOOD: (
        r"(?:нема|немає|нічого|нема чого|нечего|ничего нет|нет) (?:\w+ )?(?:їсти|поїсти|кушать|поесть)\b|нечего (?:\w+ )?есть\b|їсти (?:\w+ )?(?:нема|немає|нічого)\b(?! не)|(?:нема|немає|нет) (?:\w+ )?(?:їжі|еды)\b|(?:їжі|еды) (?:\w+ )?(?:нема|немає|нет)\b",
        r"(?:нема за що|нет за что|не на что|нема на що) (?:\w+ )?(?:їсти|їжу|еду|продукт\w+|хліб|хлеб|купити їжу|купить еду|купить продукты)|(?:з|с) (?:вчора|учора|вчера) (?:\w+ )?не (?:їли|їла|їв|ели|ела|ел)\b|голодн[іыи]\w*,? (?:де|где|без грошей|без денег|грошей нема|денег нет)",
        r"nichts (?:mehr )?zu essen|kein geld für (?:\w+ )?(?:essen|lebensmittel)|nothing (?:left )?to eat|no money for food|we have no food|no food (?:left|at home|until|till)|hungry,? (?:and )?(?:no|without) money",
    ),
}
_COMPILED = {
    category: re.compile(r"\b(?:" + "|".join(f"(?:{p})" for p in patterns) + ")") for category, patterns in _SAID.items()
}


def pressing(text: str) -> Category | None:
    """What somebody lacks tonight, or None."""
    said = plain(text).replace("ё", "е")
    return next((category for category, pattern in _COMPILED.items() if pattern.search(said)), None)
