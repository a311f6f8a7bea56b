"""Danger to life, violence, a missing child, self-harm: what must not wait for matching.

Phrases, not single words: «терміново потрібна коляска» is urgent and no emergency. A false alarm costs a coordinator a look
and the person a number they did not need; the phrases are chosen with that in mind.
"""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

import re
from enum import StrEnum


class Emergency(StrEnum):
    """What kind of danger; it decides which numbers the person is given."""

    LIFE = "life"
    VIOLENCE = "violence"
    CHILD = "child"
    SELF_HARM = "self_harm"


_UA_RU_NOT_A_PLACE = (
    r"(?!\s+(?:в|у|на|з|зі|із|с|со|там|тут|здесь|разом|вместе|одна|один|одной|біля|возле|окремо|отдельно|так|за)\b)"
)
_HARMER = (
    r"(?:чолов[іi]к\w*|муж\w{0,2}|хлопець|парень|вітчим\w*|отчим\w*|батько|отец|папа|тато|співмешканець|сожитель|партнер|"
    r"бывший|колишній|сусід|сосед|свекор|син|сын|він|он)"
)
_HIT_CYRILLIC = (
    r"(?<!не )(?:б'є|бьет|побив|побил|избил|избива\w+|душив|душит|душил|душить|вдарив|ударил|б'ють|бьют|катує|гвалтує|насилует|"
    r"бив|бил|піднімає руку|поднимает руку)"
)
_KIN_CYRILLIC = r"(?:син|сын|дитина|ребенок|ребёнок|донька|дочка|дочь|дівчинка|девочка|хлопчик|мальчик|онук|внук|внучка|онука)"
_KIN_ACCUSATIVE = r"(?:сина|сына|дитину|ребенка|доньку|дочку|дочь|дівчинку|девочку|хлопчика|мальчика|онука|внука|внучку|онуку)"
_HARMER_DE = r"(?:mann|ehemann|freund|ex|exmann|ex-mann|vater|stiefvater|partner|sohn|nachbar|er)"
_HARMER_EN = r"(?:husband|boyfriend|partner|ex|father|stepfather|dad|stepdad|neighbour|neighbor|he)"

_PATTERNS: dict[Emergency, tuple[str, ...]] = {
    Emergency.LIFE: (
        r"не диха[єю]|не дыш[иу]т|перест\w+ дышать|перест\w+ дихати|atmet nicht|(?:isn't|not|stopped) breathing",
        r"(?:не мо[жг]\w+|нечем|важко|тяжело) (?:дышать|дихати)|задиха(?:юсь|ється|юся)|задыха(?:юсь|ется)"
        r"|keine luft mehr|bekommt keine luft|erstickt\b|can(?:'t|not) breathe|\bchoking",
        r"без свідомості|без сознания|непритомн[ийаою]+\b|знепритомні\w+|потеря\w+ сознание|втрати\w+ свідомість"
        r"|bewusstlos|unconscious|passed out",
        r"(?:зараз|сейчас|щойно|только что|здається|кажется|gerade|jetzt|glaube|think|right now)[^.!?]{0,40}"
        r"(?:інфаркт|инфаркт|інсульт|инсульт|herzinfarkt|schlaganfall|heart attack|\bstroke)",
        r"(?:having|hat(?:te)? gerade) (?:a |an |einen )?(?:heart attack|stroke|herzinfarkt|schlaganfall)",
        r"істіка\w+ кров|истека\w+ кровью|стікає кров\w+|кров\w* не (?:зупин|останав)\w+|кровотеч\w+ не (?:зупин|останав)\w+"
        r"|сильн\w+ кровотеч\w+|blutet (?:sehr )?stark|verblutet|bleeding (?:heavily|badly|out|a lot)",
        r"(?:квартира|будинок|дім|хата|дом|подъезд|під'їзд|кухня)\s+горит[ьі]?\b|гор(?:ить|ит) (?:квартира|будинок|дом|подъезд|кухня)"
        r"|(?:haus|wohnung|küche|keller|treppenhaus) brennt|es brennt (?:bei|in|im)"
        r"|(?:house|flat|apartment|kitchen|building) is on fire",
        r"(?:викличте|викликайте|вызовите|вызывайте|викличіть)[^.!?]{0,15}(?:швидку|скорую|поліцію|полицию)"
        r"|(?:rufen|ruft|holen|holt|ruf)\b[^.!?]{0,25}(?:krankenwagen|notarzt|rettungswagen|polizei)"
        r"|call (?:an ambulance|the police|911|112|110)",
        r"(?:зараз|сейчас|прямо|на очах|на глазах|на руках)[^.!?]{0,20}(?:помирає|вмирає|умирает)\b|stirbt (?:gerade|uns)|is dying right now",
        r"(?:наковта|наглота|ковтну|проглоти|выпи|випи)\w*[^.!?]{0,30}(?:таблет|батарей|отрут|отрав|хлорк|побутов\w+ хімі)\w*"
        r"|(?:batterie|putzmittel|überdosis|tabletten) (?:verschluckt|geschluckt|genommen)|swallowed (?:a battery|pills|bleach)"
        r"|overdos(?:e|ed)",
    ),
    Emergency.VIOLENCE: (
        _HARMER + r"(?:\s+\S+){0,3}?\s+" + _HIT_CYRILLIC + r"(?! (?:рекорд|током|струмом|в ціль|тривогу|тревогу|посуд))\b",
        _HIT_CYRILLIC + r"(?:\s+\S+){0,1}?\s+" + _HARMER + r"\b",
        r"(?:мене|меня|нас|її|ее|дітей|детей|дитину|ребенка|маму) (?:б'є|бьет|б'ють|бьют|побили|избили|избивают|побив|избил|душить|душит)",
        r"\bґ?зґвалт\w+|згвалт\w+|изнасил\w+|vergewaltig\w+|\brap(?:ed|ing)\b|sexually assaulted",
        r"(?:погрожу|погрожал|погрожає|угрож|грозит|пригрози)\w*[^.!?]{0,25}(?:вбит|убит|убь|вб'|ножем|ножом|зарізат|зарезат|зброєю|оружием)\w*",
        r"(?:кидається|бросается|напа\w+|ходить|ходит|бігає|бегает)[^.!?]{0,25}(?:з ножем|с ножом)",
        r"боюсь? за (?:своє |свое |свою |наше |нашу )?(?:життя|жизнь)",
        r"(?:замкнув|запер|закрив|зачинив|запирает|замикає) (?:мене|меня|нас|її|ее)\b"
        r"|не (?:випускає|выпускает|випускають|выпускают) (?:мене |меня |нас |її |ее )?(?:з|из|із) (?:дому|дома|хати|квартири|квартиры)",
        r"(?:страждаю|терплю|зазнаю|потерпаю|жертв\w+|страдаю|подвергаюсь)[^.!?]{0,20}домашн\w+ насил\w+",
        _HARMER_DE + r"\s+(?:\S+\s+){0,3}?(?:schlägt|verprügelt|würgt|misshandelt|prügelt)(?!\s+(?:\S+\s+){0,4}vor\b)\b",
        _HARMER_DE + r"\s+(?:hat|haben)\s+(?:mich|uns|sie|meine\w*|die kinder)\s+(?:\S+\s+){0,2}?(?:geschlagen|verprügelt|gewürgt|misshandelt)",
        r"schlägt (?:mich|uns|ihn|meine (?:mutter|kinder|tochter)|meinen sohn|die kinder)\b",
        r"(?:werde|wurde|werden|bin) [^.!?]{0,30}(?:geschlagen|verprügelt|misshandelt)\b",
        r"droht[^.!?]{0,40}(?:umzubringen|zu töten|messer|um(?:bringt|zu bringen))|mit (?:einem |dem )messer (?:bedroht|angegriffen|auf)",
        r"angst um (?:mein|unser|ihr) leben|sperrt (?:mich|uns|sie) ein\b|opfer (?:von )?häusliche\w* gewalt",
        _HARMER_EN + r"\s+(?:\S+\s+){0,2}?(?:beats|beat|hits|hit|beating|hitting|chokes|choked|strangled|abuses)\s+(?:me|us|her|him|my|the (?:kids|children))",
        r"threat\w*[^.!?]{0,25}(?:to )?kill|with a knife|afraid for my life|fear for my life|(?:locks|locked) (?:me|us) (?:in|up)\b"
        r"|victim of domestic|won't let me (?:leave|out)",
    ),
    Emergency.CHILD: (
        r"(?<!для )" + _KIN_CYRILLIC + r"(?:\s+\S+){0,2}?\s+(?:зник(?:ла)?|пропав|пропал|пропала|исчез|исчезла|загубився|загубилася|загубилась|"
        r"потерялся|потерялась|не повернув\w+|не повернул\w+|не вернул\w+)\b(?!\s+(?:з|із|зі|из|со?) (?:спис|черг|очеред|баз|чат)\w*)",
        r"(?:зник|зникла|пропав|пропал|пропала|исчез|исчезла|загубився|загубилася|загубилась|потерялся|потерялась)\s+(?:\S+\s+){0,2}?"
        + _KIN_CYRILLIC + r"\b",
        r"не мо[жг]\w+ (?:знайти|найти) (?:(?:свого|свою|мого|мою|своего|моего|нашого|нашу)\s+)?" + _KIN_ACCUSATIVE + r"\b(?!\s+(?:школ|сад|міс|мест))",
        r"(?:загубила|загубив|загубили|потеряла|потерял|потеряли) (?:свого |свою |моего |своего )?" + _KIN_ACCUSATIVE + r"\b(?! на)",
        r"(?:kind|sohn|tochter|enkel|enkelin|junge|mädchen|bruder|schwester) (?:ist|wird|sind) (?:\S+\s+){0,4}?"
        r"(?:verschwunden|vermisst|weggelaufen|nicht nach hause gekommen)",
        r"finde?n? (?:mein|unser)e?n? (?:kind|sohn|tochter)\s+(?:\S+\s+)?nicht(?: mehr)?\b",
        r"(?:son|daughter|child|kid|boy|girl) (?:is|has been|went|has gone|have gone) (?:\S+\s+)?(?:missing|lost|disappeared)\b(?! (?:his|her|out))",
        r"(?:son|daughter|child|kid) (?:has )?(?:disappeared|didn't come home|never came home)",
        r"can(?:'t|not) find (?:my|our) (?:son|daughter|child|kid|little (?:girl|boy))\b(?! (?:a|an|any|some)\b)",
        r"lost (?:my|our) (?:son|daughter|child|kid) (?:at|in|on) the",
    ),
    Emergency.SELF_HARM: (
        r"не хочу (?:більше |больше |уже |вже )?(?:жити|жить)" + _UA_RU_NOT_A_PLACE,
        r"не хочет (?:більше |больше )?жить" + _UA_RU_NOT_A_PLACE + r"|не хоче (?:більше )?жити" + _UA_RU_NOT_A_PLACE,
        r"(?:покінчит|поконч|закінчит)\w*\s+(?:з|із|с|со) (?:собою|собой|життям|жизнью)|покінчу|наклад\w+ на себе? рук\w*|накласти на себе"
        r"|наложить на себя руки",
        r"(?:вбити|вб'ю|убить|убью) себе?я?\b|(?:суїцид|суицид|самогубств|самоубийств)\w*(?! (?:превен|профил))",
        r"хоч(?:у|е|ет) (?:померти|вмерти|умереть)\b(?!\s+(?:зі?|від|от|со?|в|у|на|вдома|дома)\b)|немає сенсу жити|нет смысла жить|жить незачем|нема для чого жити",
        r"(?:ріже|режет|різала|резала|ріжу|режу) (?:себе|себя|собі вени|себе вени|вени|вены|руки)\b|завда\w+ собі шкод\w+|вредит себе",
        r"suizid\w*(?!präv)|selbstmord\w*|(?:mich|sich) umbringen|mir das leben nehmen|(?:will|möchte|mag) nicht mehr leben"
        r"|lebensmüde|\britzt (?:sich|mich)|ritze mich|verletzt sich selbst",
        r"kill (?:myself|himself|herself)|killing myself|suicid\w+|end (?:my|it) (?:life|all)|take my own life"
        r"|(?:don't|do not) want to (?:live|be alive)(?! (?:in|with|here|there|at|on|near|so)\b)|want to die\b(?! of)"
        r"|self[- ]harm\w*|(?:cuts|cutting|hurts|hurting) (?:myself|himself|herself)",
    ),
}  # fmt: skip

_NOT_NOW = re.compile(
    r"профілактик|профилактик|prävention|prevention|лекці|лекци|тренінг|тренинг|seminar|workshop|vortrag|lecture|"
    r"курс\w* першої|курс\w* первой|erste[- ]hilfe|first aid|what to do if|що робити якщо раптом|"
    r"\bсуд(?:і|у|а|ом|е)?\b|gericht|aussage|\bcourt\b"
)
"""Lectures on prevention, first-aid courses and trials use the same words."""
_ANIMAL = re.compile(
    r"\b(?:кіт|кот|кішк\w*|кошк\w*|кота|собак\w*|пес|песик|щен\w*|cat|dog|kitten|puppy|hund|katze|kater|welpe)\b"
)
"""Where an animal is in danger, a vet is needed and not the ambulance."""
_COMPILED = {kind: re.compile(r"\b(?:" + "|".join(f"(?:{p})" for p in patterns) + ")") for kind, patterns in _PATTERNS.items()}
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "ё": "е"})


def emergency(text: str) -> Emergency | None:
    """The danger that a text speaks of, or None. A child and self-harm go before what they may come with."""
    plain = " ".join(text.lower().translate(_APOSTROPHES).split())
    if _NOT_NOW.search(plain):
        return None
    for kind in (Emergency.CHILD, Emergency.SELF_HARM, Emergency.VIOLENCE):
        if _COMPILED[kind].search(plain):
            return kind
    return Emergency.LIFE if _COMPILED[Emergency.LIFE].search(plain) and not _ANIMAL.search(plain) else None
