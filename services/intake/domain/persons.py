"""How many people are to be helped, where a text says it: in a number, by counting up, or because it is for one person.

Who asks for themselves without a word about it stays uncounted, and so do families whose members only come up in the story.
"""
# ruff: noqa: E501 - lists of words are read more easily when they are not broken

import re

from .phrases import plain

MOST = 30
"""Larger numbers are of something else."""

_NUMBERS = {
    "дво": 2, "два": 2, "дві": 2, "две": 2, "двух": 2, "двом": 2, "двум": 2, "двумя": 2, "zwei": 2, "two": 2, "zweit": 2,
    "троє": 3, "трое": 3, "трьо": 3, "трем": 3, "трех": 3, "три": 3, "трём": 3, "drei": 3, "three": 3, "dritt": 3,
    "четвер": 4, "чотир": 4, "четыр": 4, "vier": 4, "four": 4, "п'ятер": 5, "пятер": 5, "п'ят": 5, "пят": 5, "fünf": 5, "five": 5,
    "шестер": 6, "шіст": 6, "шест": 6, "sechs": 6, "six": 6, "семер": 7, "сім": 7, "семь": 7, "sieben": 7, "seven": 7, "восьмер": 8, "acht": 8, "eight": 8,
}  # fmt: skip
_NUMBER = (
    r"(?P<{0}>\d{{1,2}}|дво(?:є|х|ма|м)?|двое|двоих|двух|двум(?:я)?|два|дві|две|тро(?:є|е|их|їх)|трьо(?:х|м|ма)|тр[её]х|тр[её]м|три|четвер(?:о|ых|ых)|чотир(?:и|ьох|ьом)|четыр(?:е|ех|ёх)|"
    r"п'ят(?:еро|ьох|и|ь)|пят(?:еро|ерых|ь)|шестер(?:о|ых)|шість|шесть|семер(?:о|ых)|сім|семь|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|two|three|four|five|six|seven|eight)"
)
_PEOPLE = (
    r"(?:осіб|особи|людей|людини|человека?|чоловік(?!а)|чоловіки|мужчин\w?|жінк[аи]|женщин\w?|дівчат|дівчини|девушк[аи]|хлопц[іяє]\w?|парн[яе]\w?|пенсіонер\w+|пенсионер\w+|студент\w*|дорослих|взрослых|персон\w?|"
    r"personen|leute|erwachsene\w*|erw\.|frauen|männer|jugendliche\w*|geflüchtete\w*|geschwister\w*|studenten|people|persons|adults|women|men|students|pensioners|friends|siblings|teenagers)"
)
_CHILDREN = (
    r"(?:(?:маленьк|мал|неповнолітн|несовершеннолетн|klein|small|young|little)\w*\s)?(?:діт(?:ей|ьми|ям|и|ок|ками)|дет(?:ей|ьми|ям|и|ок|ками|ишек)|дитини|реб[её]нка|дитину|дитиною|реб[её]нком|малими|малых|малюк\w+|малыш\w+|синами|сыновьями|"
    r"доньками|дочками|дочерьми|kinder(?:n)?|ki\.|kind|kids?|children|child|sons?|daughters?|söhnen?|töchtern?|babys?|bab(?:y|ies))"
)
_WHOLE = re.compile(
    r"\b(?:нас|мы|ми|wir sind(?: insgesamt)?(?: zu)?|we are|we're|us)\s*[,:–—-]?\s*"
    + _NUMBER.format("we")
    + r"\b(?!\s*(?:рок|рік|год|лет|місяц|месяц|тижн|недел|км|km|євро|евро|€|jahre|years|months|monat|раз|mal|times|діт|дет|kind|child|kids|кімнат|комнат|zimmer|room|час|uhr|stunden|-))"
    r"|\b(?:вдвох|вдвоем|вдвоём|втрьох|втроем|втроём|вчотирьох|вчетвером|вп'ятьох|впятером|вшістьох|вшестером)\b"
    r"|\bzu (?P<zu>zweit|dritt|viert|fünft|sechst)\b|\bthe (?P<the>two|three|four|five|six) of us\b"
    r"|\b(?:на|для|für|for)\s(?:нас\s|uns\s)?"
    + _NUMBER.format("many")
    + r"(?:\s(?:"
    + _PEOPLE
    + "|"
    + _CHILDREN
    + r")\b|(?=\s?[,.!?;)](?!\d)|$))"
    r"|(?<!ще )(?<!ещё )(?<!еще )(?<!noch )(?<!other )\b"
    + _NUMBER.format("count")
    + r"\s(?:\w{4,}\s)?"
    + _PEOPLE
    + r"(?!\w)(?!\s*(?:в|у|in|на)\s(?:кімнат|комнат|палат))"
    r"|\b(?:сім'я|семья|familie|family)\s(?:з|із|из|von|mit|of)\s" + _NUMBER.format("family") + r"\b(?!\s*(?:діт|дет|kind|child))"
)
_GROWN_UPS_AND_CHILDREN = re.compile(
    r"\b"
    + _NUMBER.format("adults")
    + r"\s*(?:erw\w*\.?|дорослих|взросл\w+|adults?)\s*(?:,|\+|і|й|та|и|und|and|u\.)\s*"
    + _NUMBER.format("kids")
    + r"\s*"
    + _CHILDREN
)
_AGES = re.compile(
    r"(?P<along>\b(?:з|зі|с|со|mit|with)\s)?\b(?:двома |двумя |двое |двоє |zwei |two )?"
    + _CHILDREN
    + r"[^.!\d]{0,24}[(?,: ]\d{1,2}(?:\s?(?:р\.|рок\w+|год\w*|лет))?(?:,|\s(?:і|й|та|и|und|and|u\.))\s?\d{1,2}\b"
)
"""Two ages of children."""
_TOGETHER = {
    "вдв": 2, "втр": 3, "вчо": 4, "вче": 4, "вп'": 5, "впя": 5, "вші": 6, "вше": 6,
    "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6,
}  # fmt: skip
_WITH_CHILDREN = re.compile(
    r"\b(?P<who>я|сама|сам|одна|мама|мати|мать|жінка|женщина|mutter|frau|ich|i am|i'm|me|mother|woman|single (?:mum|mom|mother|dad|father))\b[^.!?;]{0,25}?\b(?:з|зі|із|с|со|mit|with|and|und|та|і|й|и)\s(?:my |meinen |meinem |моїми |моими |своїми |своими )?"
    + _NUMBER.format("children")
    + r"\s"
    + _CHILDREN
    + r"\b"
)
_WITH_ONE = re.compile(
    r"\b(?:ми|мы|нас|нам|я|мені|мне|меня|мене|wir|ich|me|i|we|us|mutter|мама|мать|мати)\b[^.!?;,]{0,14}?\s(?:з|зі|із|с|со|mit|and|with|und|та|і|й|и)\s(?:(?:моїм|моєю|моим|моей|своїм|своєю|своим|своей|моя|мій|мой|my|meinem|meiner|ihrem|ihrer|her|його|її)\s)?(?:\w+\s)?"
    r"(?:син(?:ом|ок)?|сыном|сын|донь(?:кою|ка)|доч(?:кою|кой|ерью|ка|ь)|дитиною|реб[её]нком|малюком|малышом|мал(?:ою|им|ой|ым)|чоловіком|чоловік|муж(?:ем)?|дружиною|жен(?:ой|ою|а)|мам(?:ою|ой)|тат(?:ом|о)|пап(?:ой|а)|"
    r"бабус(?:ею|я)|бабушк(?:ой|а)|братом|брат|сестр(?:ою|ой|а)|подруг(?:ою|ой|а)|друг(?:ом)?|sohn|tochter|kind|baby|mann|frau|mutter|son|daughter|child|baby|toddler|husband|wife|mother|mum|mom|father|dad|sister|brother)\b"
)
_PAIR = re.compile(
    r"\b(?:чоловік|муж|дружина|жена|husband|wife|mein mann|meine frau) (?:і|й|та|и|and|und) (?:я|ich|i|me)\b|\b(?:для|für|for) (?:(?:мого|моего|meinen|meine|my)\s)?(?:чоловіка|мужа|жены|дружини|mann|frau|husband|wife) (?:і|й|та|и|und|and) (?:мене|меня|mich|me)\b|\bподружжя\b|\bсупруги\b|\behepaar\b|\bcouple\b(?! of)|\bпара (?:пенсіонерів|пенсионеров)\b|\bzwillinge\b|\bблизнят\w*|\bблизнец\w*|\bдвійнят\w*|\bдвойн(?:я|ю|е|ят\w*)\b|\btwins\b"
)
_MORE = re.compile(
    r"\b(?:діт(?:ей|ьми|ям|и)|дет(?:ей|ьми|ям|и)|kindern?|children|kids|родин[аиоу]\w*|сім'[яюєї]\w*|семь[яюейи]\w*|familien?|family|обидв\w+|обоє|оба|обе|beide|both|(?:alleinerziehend|одинок)\w* (?:mutter|мам|мат)\w*|"
    r"посилк\w+|посылк\w+|перед(?:ати|ать|ам)|відправ\w+|отправ\w+|send|paket|парцел\w*)\b"
)
"""More than one is meant, or it only goes to them."""
_ONE_KIN = (
    r"(?:мам[іиаеу]|матер[іи]|мат[иь]|тат[оаув]\w{0,2}|батьк[оауві]\w{0,2}|отц[ауе]|отец|пап[аеуы]|бабус[іяю]|бабушк[аеуи]|бабц[іяю]|дідус[юя]\w*|дідусеві|дедушк[аеуи]|дед[ау]?|дід(?:а|у|ові)?|"
    r"син(?:у|ові|а|ок|очку|очка)?|сын(?:у|а|ок|ишк\w+)?|доньк[аиу]|доньці|донечк[аиу]|донечці|доч(?:ці|ке|ки|ку|ка|ери|ь)|дитин[іиау]|реб[её]н(?:ку|ка|ок)|мал(?:юк\w{0,3}|ыш\w{0,3}|ій|ой|ому|ому|ої)|немовля\w*|"
    r"чоловік(?:а|у|ові)?|муж(?:а|у)?|дружин[иіау]|жен[еыу]|брат(?:а|у|ові|ик\w*)?|сестр[аиеуы]|сестрі|тітк[иау]|тітці|т[её]т[яеию]|внук(?:а|у)?|онук(?:а|у|ові)?|внучк[аеиу]|онучк[аиу]|онучці|свекр(?:ух[аиу]|усі|ов[ьи])|т[её]щ[аеиу]|"
    r"подруз?[іаиу]|подруг[аеиу]|знайом(?:ій|ого|ому|а|ий)|знаком(?:ой|ого|ому|ая|ый)|сусід(?:ці|ки|а|у|ка|ові)|сосед(?:ке|ки|а|у|ка)?|дівчин(?:ки|ці|ку|ка)|девочк[аеиу]|девушк[аеиу]|хлопчик\w{0,3}|хлопц[яюеві]+|мальчик\w{0,2}|підлітк\w+|подростк\w+|"
    r"жінк[аиу]|жінці|женщин[аеыу]|людин[аіиу]|человек[ау]?)"
)
_KIN = (
    r"(?:мама|мати|мать|тато|батько|отец|папа|бабуся|бабушка|дідусь|дедушка|дід|дед|син|синок|сын|сынок|донька|дочка|дочь|донечка|доця|дитина|реб[её]нок|малюк|малыш|мала|малий|малой|чоловік|муж|дружина|жена|брат|братик|сестра|тітка|т[её]тя|"
    r"внук|онук|внучка|онучка|свекруха|свекровь|свекор|т[её]ща|подруга|знайома|знакомая|сусідка|соседка|сусід|сосед|дівчинка|девочка|девушка|дівчина|хлопчик|мальчик|підліток|подросток|жінка|женщина)"
)
_DATIVE = re.compile(
    r"(?<!до )(?<!не )(?<!к )(?<!ко )(?<!завдяки )(?<!дякую )(?<!спасибо )(?<!по )\b(?:мамі|маме|татові|папе|бабусі|бабушке|бабці|дідусю|дідусеві|дедушке|деду|дідові|синові|сину|сыну|доньці|донечці|дочке|дочці|дочери|дитині|реб[её]нку|малюку|малюкові|малышу|малій|малому|"
    r"чоловікові|мужу|дружині|жене|брату|братові|сестрі|сестре|внуку|онуку|онукові|онучці|внучке|свекрусі|свекрови|т[её]ще|подрузі|подруге|знайомій|знакомой|сусідці|сусідові|соседке|соседу|дівчинці|девочке|хлопчику|мальчику|підлітку|подростку|жінці|женщине)\b"
)
_FOR_ONE = re.compile(
    r"\b(?:для|на) (?:(?:мо(?:єї|го|ей|его|ю|єму)|сво(?:єї|го|ей|его|ю)|наш\w+|однієї|одного|одной|літнь\w+|пожил\w+|стар\w+|маленьк\w+|хвор\w+|больн\w+|дорослого|взросло\w+|молодш\w+|старш\w+|младш\w+|\d+-річн\w+|\d+-летн\w+)\s){0,2}"
    r"(?!чоловік\b|муж\b)" + _ONE_KIN + r"\b(?! (?:та|і|й|и|з|із|с) )"
    r"|\b(?:für|bei|von) (?:(?:eine|einen|ein|mein|meine|meinen|unser|unsere|unseren|ihre|ihren|seine|seinen|deren|den|die|das)\w?\s)(?:\w+\s){0,2}?(?:mutter|vater|sohn|tochter|kind|baby|mann|frau|oma|opa|großmutter|großvater|enkel|enkelin|schwester|bruder|nachbarin|nachbarn?|freundin|freund|"
    r"bekannte[nr]?|dame|herrn?|mädchen|jungen?|schüler(?:in)?|jugendlichen?|bewohner(?:in)?|patenkind|kollegin|kollegen|mitarbeiter(?:in)?|schwiegermutter|schwiegervater|studentin|studenten)\b(?! (?:und|mit) )"
    r"|\bfor (?:my|a|an|our|his|her) (?:\w+\s){0,2}?(?:mother|mum|mom|father|dad|son|daughter|child|kid|baby|husband|wife|grandmother|grandma|granny|grandfather|grandpa|sister|brother|friend|neighbour|neighbor|girl|boy|woman|man|lady|teenager|colleague|mother-in-law)\b(?! (?:and|with) )"
)
_GREETING = r"(?:(?:доброго дня|добрий день|доброго вечора|добрий вечір|привіт|вітаю|привет|здравствуйте|добрый день|добрый вечер|hallo|guten (?:tag|abend|morgen)|liebe \w+|hi|hello)[\s,!.]*)?"
_GERMAN_ONE = (
    r"(?:mutter|vater|sohn|tochter|oma|opa|enkelin|enkel|schwester|bruder|nachbarin|nachbar|freundin|freund|bekannte|bekannter|dame|mädchen|junge|schüler(?:in)?|bewohner(?:in)?|patenkind|pflegesohn|pflegetochter|"
    r"kollegin|kollege|mitarbeiter(?:in)?|schwiegermutter|schwiegervater|kind|mann|frau)"
)
_ABOUT_ONE = re.compile(
    r"(?:^|[.!?\n)] ?)"
    + _GREETING
    + r"(?:мо[йяєії]\w{0,2} |наш\w{0,2} |мій )?"
    + _KIN
    + r"\b,?(?= (?:\(?\d|\w+ клас|на візку|в коляск|після|после|не |без |з україн|с украин|хоче|хочет|шука|ищет|потреб|нужда|має|боїт|боит|лежить|лежит|зламала|сломал|виріс|вырос|одна|один|сама|сам|приїхал|приехал|приїжджа|приезжа|незряч|глух|нечуюч))"
    r"|(?:^|[.!?\n)] ?)" + _GREETING + r"[ув] (?:мо(?:го|єї|его|ей) |наш\w+ )?" + _ONE_KIN + r"\b"
    r"|\b" + _KIN + r",? \(?\d{1,2}\b(?! (?:тижн|недел|місяц[іев]\w* тому|год\w* назад|рок\w* тому|раз))"
    r"|(?:^|[.!?\n] ?)" + _GREETING + r"(?:eine?|meine?|unsere?)\s(?:\w+\s){0,2}?" + _GERMAN_ONE + r"\b(?! (?:und|mit) )(?=\s)"
    r"|\beine?[nrsm]? \d{1,2}-?jährige[nrsm]? " + _GERMAN_ONE + r"\b"
    r"|\bmy (?:mother|mum|mom|father|dad|son|daughter|child|grandmother|grandma|granny|neighbour|neighbor|friend|wife|husband|mother-in-law) (?:\(?\d|is|needs|has|wants|can't|cannot|would|speaks|lost|starts|goes|attends|turns)\b|\bson is \d|\bdaughter is \d"
    r"|\b(?:посид\w+|побу(?:де|ти|дет|ть)) (?:з|с|із) (?:моїм |моєю |моим |моей )?(?:дитиною|сином|донькою|реб[её]нком|сыном|дочкой|дочерью|малюком|малышом|мамою|мамой|бабусею|бабушкой)\b"
    r"|\b(?:babysit|look after|watch) (?:my|our) (?:son|daughter|child|kid|baby|toddler)\b|\bauf (?:mein|meine|meinen|unser|unsere|unseren) (?:sohn|tochter|kind|baby) auf\w+\b"
    r"|\b(?:влаштувати|устроить|записати|записать|зустріти|встретить|відвезти|отвезти|доглядати|супроводити|сопроводить) (?:мо[юг]\w* |мою |сво[юг]\w* )?(?:дитину|реб[её]нка|сина|сына|доньку|дочку|маму|тата|папу|бабусю|бабушку|дідуся|дедушку|людину|человека|чоловіка|мужа)\b"
)
_WHO = re.compile(
    r"(?P<son>\bсин|\bсын|sohn|\bson\b)|(?P<daughter>доньк|доньц|донеч|доч|tochter|daughter)|(?P<mother>мам|матер|мать|мати|mutter|mother|\bmum|\bmom)|(?P<father>\bтат|батьк|отец|отц|\bпап|vater|father|\bdad)|"
    r"(?P<granny>бабус|бабуш|\boma\b|grandm|großm)|(?P<grandpa>дідус|дедуш|\bопа\b|\bopa\b|grandf)|(?P<child>дитин|реб[её]н|мал[иыюі]|\bkind|child|\bkid|baby|немовл)|(?P<spouse>чоловік|муж|дружин|жен[аеуы]|\bmann\b|\bfrau\b|wife|husband)"
)
_MYSELF_TOO = re.compile(
    r"\b(?:і|та|й|и|а|und|and) (?:мені|мне|я|mir|ich|me|myself)\b(?= (?:\d|розмір|размер|теж|тоже|auch|too|$))"
)


def people(text: str) -> int | None:
    """How many are to be helped; None when it is not said."""
    said = plain(text)
    if both := _GROWN_UPS_AND_CHILDREN.search(said):
        return _in_bounds((_number(both["adults"]) or 0) + (_number(both["kids"]) or 0))
    if whole := _WHOLE.search(said):
        return _in_bounds(_whole(whole))
    if counted := _WITH_CHILDREN.search(said):
        children = _number(counted["children"])
        return _in_bounds(children + 1 if children else None)
    if ages := _AGES.search(said):
        return 3 if ages["along"] else 2
    if _PAIR.search(said) or _WITH_ONE.search(said):
        return 2
    meant = [match.group() for pattern in (_FOR_ONE, _DATIVE, _ABOUT_ONE) for match in pattern.finditer(said)]
    kin = {who.lastgroup for one in meant for who in _WHO.finditer(one)}
    if not meant or len(kin) > 1 or _MORE.search(said):
        return None
    return 2 if _MYSELF_TOO.search(said) else 1


def _whole(match: re.Match[str]) -> int | None:
    named = next((value for value in match.groupdict().values() if value), None)
    if named is None:
        return _TOGETHER[match.group()[:3]]
    return _TOGETHER.get(named) or _number(named)


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    return next(
        (number for beginning, number in sorted(_NUMBERS.items(), key=lambda item: -len(item[0])) if word.startswith(beginning)),
        None,
    )


def _in_bounds(count: int | None) -> int | None:
    return count if count and count <= MOST else None
