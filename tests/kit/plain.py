"""Needs and offers as people word them who come straight to the point."""

from typing import NamedTuple


class PlainNeed(NamedTuple):
    """A need, the category it names, and the offers of the development set that answer it, fully or in part."""

    language: str
    text: str
    category: str
    offers: frozenset[str]
    district: str | None = None


def _need(language: str, text: str, category: str, *offers: str, district: str | None = None) -> PlainNeed:
    return PlainNeed(language, text, category, frozenset(offers), district)


PLAIN_NEEDS = (
    _need("uk", "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау", "language_course", "o086", district="Grünau"),
    _need("uk", "Потрібні зимові чоботи та куртка для сина, 6 років", "clothing", "o110", "o119"),
    _need("uk", "Шукаю безкоштовного юриста щодо параграфа 24", "legal_residence", "o029"),
    _need("uk", "Підкажіть, де можна отримати сім-карту", "digital_sim", "o120"),
    _need("uk", "Потрібен перекладач до лікаря на четвер", "interpreting", "o017", "o023"),
    _need("uk", "Квартира вже є, потрібні меблі: ліжко і шафа", "housing_furnishing", "o083"),
    _need("uk", "Шукаємо перетримку для кота на два тижні", "animals", "o108"),
    _need("uk", "Шукаємо психолога для дорослої людини", "mental_health", "o043", "o142"),
    _need("ru", "Ищу бесплатную юридическую консультацию по параграфу 24", "legal_residence", "o029"),
    _need("ru", "Подскажите, где бесплатно помогут юристы? Нам пришёл отказ", "legal_residence", "o029", "o102"),
    _need("ru", "Нужен велосипед для взрослого", "transport", "o050"),
    _need("ru", "Ищем репетитора по математике для дочки, 8 класс", "school_education", "o016"),
    _need("ru", "Нужны продукты, живём в Грюнау", "food", "o063", district="Grünau"),
    _need("ru", "Где можно подтвердить диплом медсестры?", "qualification_recognition", "o067"),
    _need("ru", "Помогите заполнить анкету в джобцентр", "authorities_paperwork", "o056", "o112", "o026"),
    _need("ru", "Стиральная машина есть, нужна коляска для младенца", "housing_furnishing", "o036"),
    _need("de", "Ich suche einen Deutschkurs für Frauen mit Kinderbetreuung", "language_course", "o039"),
    _need("de", "Wir brauchen Betten und einen Schrank", "housing_furnishing", "o083"),
    _need("de", "Wo bekomme ich günstige Kleidung für Erwachsene?", "clothing", "o110", "o054"),
    _need("de", "Suche Beratung, ich habe Schulden beim Stromversorger", "finance", "o141"),
    _need("de", "Ich brauche einen Rollator für meine Mutter", "disability_care", "o107"),
    _need("de", "Suche Nachhilfe in Mathe für meinen Sohn, Klasse 8", "school_education", "o016", "o137"),
    _need("de", "Gibt es eine Kita-Beratung? Wir suchen einen Kindergartenplatz", "childcare", "o002"),
    _need("en", "I need a place to stay for two nights near the station, we are passing through", "housing", "o018"),
    _need("en", "Looking for a free laptop for my studies", "digital_sim", "o013"),
    _need("en", "We need a lawyer for our asylum interview", "legal_residence", "o102", "o029"),
    _need("en", "Where can I send a parcel to Ukraine?", "parcel_logistics", "o091"),
    _need("en", "Looking for a football club for my son, 9 years old", "leisure_community", "o115"),
    _need("en", "I need help with my CV and a job application", "work", "o144", "o135"),
)

PLAIN_OFFERS = (
    "Віддам дитяче ліжко і матрац",
    "Пропоную допомогу з переїздом у суботу",
    "Можу допомогти з перекладом у лікаря",
    "Безкоштовно віддаю зимовий одяг на хлопчика 5 років",
    "Добрий день! Подарую велосипед",
    "Отдам детскую коляску, Грюнау",
    "Предлагаю бесплатные уроки немецкого для начинающих",
    "Могу помочь с заполнением анкет",
    "Готова посидеть с вашим ребёнком по субботам",
    "Ich biete Nachhilfe in Mathe an, kostenlos",
    "Verschenke einen Kleiderschrank, Abholung in Gohlis",
    "Guten Tag, ich kann beim Dolmetschen helfen",
    "Offering a room for two weeks to a mother with a child",
    "Giving away a sofa and two chairs",
    "I can help with moving furniture on Sunday",
)
