"""Phrases of four languages by which it is told what somebody means; lower case, `'` for every apostrophe."""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

import re

WITHDRAWAL = re.compile(
    r"\b(?:(?:вже|уже) (?:все )?не (?:треба|потрібн\w+|актуальн\w+|надо|нужн\w+|нужен)|(?:більше|больше) не (?:треба|потрібн\w+|актуальн\w+|"
    r"надо|нужн\w+|нужен)|не ?актуально|неактуальн\w+|(?:вже|уже) знайш\w+|(?:уже|вже) наш(?:ли|ел|ёл|ла)\b|питання (?:вирішено|закрито)|"
    r"вопрос (?:решен|решён|закрыт)|hat sich erledigt|schon erledigt|nicht mehr (?:nötig|gebraucht|aktuell|benötigt)|"
    r"(?:дякую|дякуємо|дякую всім|спасибі|спасибо|спасибо всем|danke|thanks)\W+(?:вже |уже |ми |мы )?(?:домовил\w+|договорил\w+)|"
    r"brauche (?:es|das|ich) nicht mehr|haben (?:schon|bereits) (?:was|etwas|eine[nrs]?) gefunden|no longer need\w*|don't need (?:it|this) any ?more|"
    r"already found|not needed any ?more)\b"
)
GIVEN_AWAY = re.compile(
    r"\b(?:(?:вже|уже) (?:все |всі )?(?:віддал\w+|віддан\w+|віддав|отдал\w*|отдан\w*|забрали|забрано|роздал\w+|раздал\w+)|віддано|отдано|"
    r"не ?актуально|неактуальн\w+|(?:вже|уже) не актуальн\w+|(?:більше|больше) не (?:віддаю|пропоную|отдаю|предлагаю)|"
    r"(?:schon|bereits|inzwischen|ist|sind) (?:weg|vergeben|abgeholt|verschenkt)|biete (?:es |das |ich )?(?:leider )?nicht mehr|nicht mehr aktuell|"
    r"(?:already|has been|have been|is|it's|are) (?:gone|taken|given away|picked up)|no longer (?:offer\w*|available|giving))\b"
)
"""Who offered something says that it is not to be had any more. Means nothing from who offered nothing."""
MEANT = {
    "human": re.compile(
        r"\b(?:дайте|покличте|позовіть|позовите|з'єднайте (?:мене )?з|соедините (?:меня )?с|(?:по)?(?:говорити|спілкуватися|спілкуватись) з|"
        r"зв'язатися з|(?:по)?(?:говорить|общаться) с|связаться с|talk (?:to|with)|speak (?:to|with)) (?:\w+ ){0,2}"
        r"(?:людин\w+|людьми|человек\w*|оператор\w*|human|person|operator|agent)\b|"
        r"\bmit (?:einem|einer) (?:\w+ )?(?:mensch\w*|person|mitarbeiter\w*) (?:sprechen|reden)\b"
    ),
    "about": re.compile(
        r"\b(?:ви|ти|вы|ты|це|это|sind sie|bist du|ist das|are you|is this|is it) (?:\w+ ){0,2}"
        r"(?:робот|бот|програма|программа|roboter|bot|maschine|programm|robot|machine|program|ai)\b"
    ),
    "privacy": re.compile(
        r"\b(?:зберіга\w+|сохраня\w+|храните|speicher\w+|store|keep|save)\W+(?:\w+\W+){0,4}(?:дан\w+|daten|data)\b.*\?|"
        r"\b(?:що|что|was|what)\W+(?:\w+\W+){0,3}(?:моїми даними|моими данными|meinen daten|my data)\b"
    ),
    "delete": re.compile(
        r"\b(?:видал\w+|удал\w+|сотр\w+|lösch\w+|delete|erase|remove)\W+(?:\w+\W+){0,2}?"
        r"(?:(?:мої|мои|meine|my) (?:дані|данные|daten|data)|(?:все|всё|alles|everything) (?:про мене|обо мне|über mich|about me))\b"
    ),
}
"""What people ask of the one who answers here rather than of the city, by the command that does it."""
IDEA = re.compile(r"^(?:ідея|идея|idee|idea|projektidee|проєкт|проект)\s*[:–-]\s*(?P<idea>.+)$", re.IGNORECASE | re.DOTALL)

ASKING = re.compile(
    r"(?<!не )(?<!nicht )(?<!not )(?<!n't )(?<!\bno )\b(?:шука(?:ю|ємо|є)|потріб(?:ен|на|но|ні)|потребу\w+|треба|допоможіть|підкажіть|порадьте|порекомендуйте|прошу|"
    r"хоч(?:у|емо|е)\b|хотіл\w+|де (?:\w+ )?(?:можна|взяти|знайти|купити|отримати)|чи (?:є|можна|може)|хто (?:може|має|знає|допоможе|віддасть)|"
    r"ищ(?:у|ем|ет)\b|нуж(?:ен|на|но|ны)\b|надо\b|помогите|подскажите|посоветуйте|хотим|хочет|хотел\w*|"
    r"где (?:\w+ )?(?:можно|взять|найти|купить|получить)|есть ли|кто (?:может|знает|поможет|отдаст)|"
    r"suche?[nt]?\b|brauch(?:e|en|t)\b|benötig\w+|wo (?:bekomm|find|kann|können|gibt|krieg|könn)\w*|wer (?:kann|hat|weiß|hilft)|gibt es|"
    r"möchten?\b|hätten? gern|looking for|searching for|needs?\b|needed|where (?:can|do|to|could)|is there|are there|does any\w*|can any\w*|"
    r"could any\w*|who can|would like|want to)"
)
"""Words by which people ask for what they name next."""
_OPENING = (
    r"^(?:(?:доброго? (?:дня|день|ранку|вечора|вечір|утро|утра|вечер)|добрий (?:день|вечір|ранок)|добрый (?:день|вечер)|доброе утро|вітаю|привіт|привет|"
    r"здравствуйте|всім|всем|усім|шановні|уважаемые|guten (?:tag|morgen|abend)|hallo|hi|hello|hey|good (?:day|morning|evening|afternoon)|dear|liebe|"
    r"друзі|друзья|люди|пані та панове|zusammen|leute|all|everyone|everybody|there|friends|будь ласка|пожалуйста|bitte|please)\b[\s,.!:;–-]*)*"
)
_WHAT_IS_THERE = r"(?:[\w\s]{0,40}\b(?:є|есть|маємо|имеем)\s*[,.–-]\s*(?:а |але |но |тільки |только )?(?!\w+ (?:комусь|кому)))?"
ASKS_FIRST = re.compile(
    _OPENING
    + _WHAT_IS_THERE
    + r"(?:(?:я|ми|мы|мені|мне|нам|дуже|очень|терміново|срочно|ich|wir|dringend|i|i'm|i am|we|we're|we are|urgently|мамі|маме|сину|сыну|доньці|дочке)\s)*"
    r"(?:шука(?:ю|ємо)|потріб(?:ен|на|но|ні)|допоможіть|підкажіть|порадьте|порекомендуйте|ищ(?:у|ем)|нуж(?:ен|на|но|ны)|помогите|подскажите|посоветуйте|"
    r"(?:хто |кто )?(?:знає|знает)?,? ?(?:де|где) (?:\w+ )?(?:можна|можно|взяти|взять|знайти|найти|купити|купить|отримати|получить|дадуть|помогут|допоможуть)|"
    r"suchen?|brauchen?|benötigen?|wo (?:bekomm\w*|find\w*|gibt es|krieg\w*|kann (?:ich|man)|können wir)|looking for|searching for|need|"
    r"where (?:can|could|do) (?:i|we|one))\b"
)
"""A text that begins with asking, after a greeting and what is there already."""
GIVES_FIRST = re.compile(
    _OPENING + r"(?:(?:я|ми|мы|ich|wir|i|we|безкоштовно|бесплатно|kostenlos)\s)*"
    r"(?:пропону(?:ю|ємо)|предлага(?:ю|ем)|відда(?:м|мо|ю|ємо)|отда(?:м|дим|ю|ем)|подару(?:ю|ємо|ем|им)|подарю|дару(?:ю|ємо|ем)|дарю|"
    r"(?:можу|можемо|могу|можем|готов\w*) (?:\w+ )?(?:допом\w+|помо\w+|віддати|отдать|прийняти|принять|подарувати|подарить)|допоможу|помогу|"
    r"biete[nt]?|verschenken?|spenden?|gebe[n]? (?:\w+ )?(?:ab|kostenlos|gratis|gern)|helfe (?:gern|ihnen|beim|bei|kostenlos)|kann (?:\w+ )?(?:helfen|anbieten)|"
    r"offering|offer|giving away|give away|donating|can (?:help|offer|host|give)|happy to (?:help|give))\b"
)
"""A text that begins with giving, after a greeting."""
LETS_FIRST = re.compile(
    _OPENING + r"(?:(?:я|ми|мы|ich|wir|i|we)\s)*"
    r"(?:(?:зда|сда)(?:м|ю|ємо|ем|ється|ються|ется|ются) (?:\w+ ){0,2}(?:кімнат\w+|комнат\w+|квартир\w+|однокімнатн\w+|однокомнатн\w+|житло|жиль[её])|"
    r"vermiete[nt]?\b|(?:wg-?)?(?:zimmer|wohnung) zu vermieten|(?:am |are )?renting out|(?:room|flat|apartment) (?:for|to) (?:rent|let)\b)"
)
"""Who lets a room has one and seeks none; to a model both sound the same."""
OTHERS_WANTED = re.compile(
    r"\b(?:волонт[её]р\w*|помічни\w+|помощни\w+|працівни\w+|співробітни\w+|работни\w+|сотрудни\w+|команд[ауи]\b|прибиральни\w+|уборщи\w+|кухар\w*|повар\w*|"
    r"вод(?:ій|ії|ія|итель|ителя|ители)\b|продав\w+|вакансі\w+ для|кому (?:\w+ )?(?:треба|нужн\w+|потрібн\w+|віддати|отдать|допомогти|помочь|подарувати|подарить)|"
    r"куд[аи] (?:\w+ )?(?:віддати|отдать|здати|сдать|принести|пожертв\w+)|(?:віддати|отдать|здати|сдать|пожертв\w+|допомагати|помогать|допомогти|помочь) "
    r"(?:іншим|другим|людям|переселен\w+|бежен\w+)|де (?:\w+ )?(?:можна|можно) (?:віддати|отдать|допомогти|помочь)|где (?:\w+ )?можно (?:отдать|сдать|помочь)|"
    r"freiwillig\w*|ehrenamt\w*|helfer\w*|mitarbeit\w*|aushilf\w*|reinigungskr\w+|fahrer\w*|verstärkung|köch\w+|abnehmer\w*|abzugeben|abgeben|spenden|"
    r"mithelfen|helfen kann|engagieren|volunteer\w*|helpers?|staff|employees?|cleaners?|drivers?|donate|give away|to (?:help|host|support) (?:others|people))"
)
"""Who asks for such seeks hands or takers, not help."""


def plain(text: str) -> str:
    """A text as these phrases are written."""
    return " ".join(text.lower().replace("’", "'").replace("ʼ", "'").split())


def bare(text: str) -> list[str]:
    """The words alone: what stays when somebody only changes marks, gaps and capitals."""
    return re.findall(r"\w+", plain(text))
