"""Phrases of four languages by which times, and what somebody means, are told; lower case, `'` for every apostrophe."""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

import re

NOW = re.compile(
    r"\b(?:сьогодні|сегодня|зараз|сейчас|цієї ночі|этой ночью|прямо зараз|негайно|немедленно|heute|jetzt gerade|sofort|"
    r"heute nacht|tonight|right now|today|immediately)\b"
)
DAYS = re.compile(
    r"\b(?:завтра|післязавтра|послезавтра|терміново|срочно|цього тижня|этой неделе|цьому тижні|за кілька днів|через (?:два|три|2|3|4|5) "
    r"дн\w+|(?:у|в|до|з|с|на) (?:понеділ\w+|вівтор\w+|серед[уи]|четвер\w*|п'ятниц\w+|субот\w+|неділ\w+|понедельник\w*|вторник\w*|сред[уы]|"
    r"пятниц\w+|суббот\w+|воскресень\w+)|morgen|übermorgen|dringend|diese woche|nächste woche|(?:am|bis|zum|ab) (?:montag|dienstag|"
    r"mittwoch|donnerstag|freitag|samstag|sonntag)|tomorrow|urgent\w*|asap|this week|next week|(?:on|by|until) (?:monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday))\b"
)
HOURS = re.compile(
    r"\b(?:транзит\w*|проїздом|проездом|переночувати|переночевать|ночліг|ночлег|durchreise|auf der durchreise|passing through|"
    r"наступний потяг|поезд дальше|train leaves|onward (?:bus|train))\b"
)
WEEKS = re.compile(
    r"\b(?:на (?:(?:пару|кілька|несколько|два|три|2|3) )?(?:тижн\w+|недел\w+|місяц\w+|месяц\w+)|тимчасово|временно|vorübergehend|"
    r"für (?:ein paar|einige|zwei|drei|2|3) (?:wochen|monate)|for (?:a few|a couple of|two|three|2|3) (?:weeks|months)|temporarily)\b"
)
PERMANENT = re.compile(
    r"\b(?:назавжди|навсегда|на довгий термін|на постійн\w+|на постоянн\w+|liv(?:e|ing) here for good|dauerhaft|langfristig|long.term)\b"
)

WITHDRAWAL = re.compile(
    r"\b(?:(?:вже|уже) (?:все )?не (?:треба|потрібн\w+|актуальн\w+|надо|нужн\w+|нужен)|(?:більше|больше) не (?:треба|потрібн\w+|актуальн\w+|"
    r"надо|нужн\w+|нужен)|не ?актуально|неактуальн\w+|(?:вже|уже) знайш\w+|(?:уже|вже) наш(?:ли|ел|ёл|ла)\b|питання (?:вирішено|закрито)|"
    r"вопрос (?:решен|решён|закрыт)|hat sich erledigt|schon erledigt|nicht mehr (?:nötig|gebraucht|aktuell|benötigt)|"
    r"brauche (?:es|das|ich) nicht mehr|haben (?:schon|bereits) (?:was|etwas|eine[nrs]?) gefunden|no longer need\w*|don't need (?:it|this) any ?more|"
    r"already found|not needed any ?more)\b"
)
IDEA = re.compile(r"^(?:ідея|идея|idee|idea|projektidee|проєкт|проект)\s*[:–-]\s*(?P<idea>.+)$", re.IGNORECASE | re.DOTALL)
