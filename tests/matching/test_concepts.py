"""The things and services that texts name, as the shipped list knows them."""

import pytest
from anlaufstelle_contracts.taxonomy import Category

from services.matching.domain.concepts import catalogue, concepts, excluded, overlap, uncovered, widened
from services.matching.domain.words import Rarity


def test_the_list_is_whole() -> None:
    everything = catalogue().values()
    used = {category for concept in everything for category in concept.categories}
    assert used == set(Category)
    assert {broader for concept in everything for broader in concept.broader} <= catalogue().keys()
    assert [concept.id for concept in everything if not all(concept.words)] == []
    assert all(name in widened(name) for name in catalogue())


NAMED = [
    ("Шукаю пральну машину, стара зламалась", "washing-machine"),
    ("отдам диван, самовывоз", "sofa"),
    ("Wer hat ein Kinderbett für uns?", "child-bed"),
    ("We need a vet for our cat", "vet"),
    ("Болить зуб, куди бігти?", "dentist"),
    ("Не розумію листа з джобцентру", "letter-help"),
    ("Sie versteht den Brief nicht", "letter-help"),
    ("Пришло письмо на немецком, объясните кто-нибудь", "letter-help"),
    ("I got a letter from the tax office and cannot make sense of it", "letter-help"),
    ("Живемо в хаймі вже рік", "shelter-home"),
    ("нужен термин в ауслендербехёрде", "office-appointment"),
    ("Як зробити анмельдунг?", "address-registration"),
    ("Чи прийшов вам кіндергельд?", "kindergeld"),
    ("Де взяти аусвайс?", "passport-consulate"),
    ("кранкенкасса не отвечает", "health-insurance"),
    ("Курс німецької ввечері після роботи", "evening-course"),
    ("German course with childcare, please", "course-with-childcare"),
    ("Ищу курс немецкого В1", "level-b1"),
    ("Deutschkurs A1 für Anfänger gesucht", "level-a1"),
    ("Онлайн-курс німецької", "online-course"),
    ("Intensive integration course in Leipzig?", "integration-course"),
    ("Хочу сдать telc", "language-exam"),
    ("Wo kann ich Deutsch sprechen üben?", "conversation-german"),
    ("Потрібен перекладач до лікаря", "doctor-interpreting"),
    ("Brauche Dolmetscher fürs Jobcenter", "office-interpreting"),
    ("переводчик на родительское собрание в школу", "school-interpreting"),
    ("Could somebody interpret over the phone?", "phone-interpreting"),
    ("Нужен присяжный перевод диплома", "sworn-translation"),
    ("Ich suche einen Hausarzt, der neue Patienten nimmt", "find-doctor"),
    ("У нас немає страховки, а потрібен лікар", "uninsured"),
    ("Ohne Krankenversicherung zum Arzt", "uninsured"),
    ("Нужен педиатр, ребёнок заболел", "paediatrician"),
    ("Hebamme nach der Geburt gesucht", "midwife-birth"),
    ("Where can I get new glasses?", "glasses"),
    ("Потрібен дитячий психолог, дитина не спить ночами", "child-psychologist"),
    ("Мужу нужна помощь, он пьёт каждый день, алкоголь", "addiction"),
    ("Meine Mutter ist gestorben, ich komme nicht darüber hinweg", "grief"),
    ("I am so lonely, I know nobody here", "loneliness"),
    ("Кто отвезёт маму на коляске к врачу?", "wheelchair-transport"),
    ("Ein Fahrdienst mit Rollstuhl in die Klinik", "wheelchair-transport"),
    ("Hospiz für meinen Vater", "hospice"),
    ("Дитині потрібен логопед", "speech-therapy"),
    ("My son is autistic, we need support", "autism"),
    ("Як отримати пфлегеград для бабусі?", "care-grade"),
    ("Продовжити параграф 24", "residence-extension"),
    ("Wie werde ich eingebürgert? Einbürgerung", "naturalisation"),
    ("I want to bring my mother here, family reunification", "family-reunion"),
    ("Заполнить формуляр для джобцентра", "form-filling"),
    ("Exchange my Ukrainian driving licence", "driving-licence"),
    ("Свідоцтво про народження для немовляти", "birth-certificate"),
    ("Где оформить доверенность у нотариуса?", "power-of-attorney"),
    ("Sprinter für einen kleinen Umzug", "moving-van"),
    ("Кто встретит на вокзале маму с поезда?", "station-pickup"),
    ("Passenger seat to the airport tomorrow?", "airport-ride"),
    ("Передать посылку в Украину", "parcel-to-ukraine"),
    ("Paket in die Ukraine schicken", "parcel-to-ukraine"),
    ("Потрібна сім-карта", "sim-card"),
    ("Laptop für Schulkind", "laptop"),
    ("Экран разбился, кто делает ремонт телефонов?", "phone-repair"),
    ("Somewhere to print documents?", "printing"),
    ("Хочу співати в хорі", "choir"),
    ("Gitarrenunterricht für meine Tochter", "music-lessons"),
    ("Футбол для мальчика 8 лет", "football"),
    ("Is there a chess club?", "chess-games"),
    ("Чоловік б'є мене, боюсь іти додому", "domestic-violence"),
    ("Ich suche einen Platz im Frauenhaus", "womens-shelter"),
    ("My passport was stolen, theft on the tram", "lost-documents"),
    ("Потрібна стрижка, де перукар?", "hairdresser"),
    ("Passfotos für den Antrag", "photos"),
    ("Хочу допомагати, стати волонтером", "volunteering"),
    ("Куда отдать вещи, которые больше не нужны?", "donate-things"),
    ("Нужен садик для ребёнка трёх лет", "kindergarten"),
    ("Who could babysit on Friday?", "babysitter"),
    ("Репетитор з математики для сьомого класу", "maths"),
    ("Schulanmeldung: wie melde ich meinen Sohn in der Schule an?", "school-registration"),
    ("Вступити до університету", "university"),
    ("Підтвердити диплом медсестри", "nurse-recognition"),
    ("Approbation als Ärztin", "doctor-recognition"),
    ("Резюме и мотивационное письмо", "cv-application"),
    ("Minijob am Wochenende", "mini-job"),
    ("They did not pay my wages, unpaid wages for March", "labour-rights"),
    ("Хочу відкрити бізнес, гевербе", "self-employment"),
    ("Відкрити рахунок у банку", "bank-account"),
    ("Инкассо требует деньги", "debt-advice"),
    ("Гарячий обід безкоштовно", "hot-meal"),
    ("Wo ist die Tafel? Lebensmittel sind teuer", "food-bank"),
    ("Baby formula and nappies", "diapers"),
    ("Зимова куртка для хлопчика", "winter-clothes"),
    ("Winterschuhe Größe 36", "shoes"),
    ("на одну ночь нужно место", "one-night"),
    ("Eine Wohnung, gern mit Hund", "pets-allowed"),
    ("Безкоштовно, онлайн і ввечері", "free"),
    ("Only on Saturdays", "weekend"),
    ("Angebote für Senioren", "seniors"),
    ("без документов", "without-papers"),
    ("Хтось має робочу пралку?", "washing-machine"),
    ("Ищем б/у холодильник и плиту", "fridge"),
    ("Kleiderschrank abzugeben?", "wardrobe"),
    ("Any sofa going for free?", "sofa"),
    ("Килим у дитячу", "curtains-carpets"),
    ("Пылесос рабочий", "vacuum-iron"),
    ("Пропав пес, рудий, нашийник червоний", "lost-pet"),
    ("Hund impfen lassen", "pet-vaccination"),
    ("Наш heim закривають", "shelter-home"),
    ("Deutsche Familie nimmt uns auf?", "host-family"),
    ("Betreutes Wohnen für meine Mutter", "seniors-housing"),
    ("Квартира без сходів для мами на візку", "barrier-free-flat"),
    ("Сусіди скаржаться на шум дітей", "neighbour-conflict"),
    ("Ми не заплатили за квартиру, борг за оренду", "rent-debt"),
    ("Хто оплачує обіди в школі?", "school-lunch"),
    ("Gutscheine für Lebensmittel", "food-voucher"),
    ("Бабушка не выходит, кто принесёт продукты?", "food-delivered"),
    ("Віддам хліб", "bread"),
    ("Anzug für ein Bewerbungsgespräch", "suit-formal"),
    ("Лижний костюм на хлопчика", "sportswear"),
    ("У меня ночные смены, кто посидит с детьми?", "evening-childcare"),
    ("Я сама з двома дітьми", "single-parent"),
    ("Хто доглядає дитину з інвалідністю?", "disabled-child-care"),
    ("Wie melde ich mein Kind in der Kita an? Kita-Anmeldung", "kita-voucher"),
    ("Завтра батьківські збори", "parents-evening"),
    ("Oberschule oder Gymnasium?", "school-choice"),
    ("BAföG beantragen", "student-grant"),
    ("Не знаю, яку професію обрати", "career-guidance"),
    ("Не розуміє математику", "maths"),
    ("Німецька для роботи", "vocational-german"),
    ("Deutsch für Pflegekräfte", "medical-german"),
    ("Шукаю тандем", "language-tandem"),
    ("What level am I? placement test", "placement-test"),
    ("Як отримати дозвіл на курс?", "course-entitlement"),
    ("Готовлюсь к экзамену B1, нужна подготовка", "exam-preparation"),
    ("Німецька для дітей", "german-for-children"),
    ("Курси англійської", "english-course"),
    ("Робота на літо, збирати полуницю", "seasonal-work"),
    ("Arbeit im Lager, Warehouse", "warehouse-factory"),
    ("Программист ищет работу", "it-job"),
    ("Роблю манікюр, шукаю роботу в салоні", "beauty-craft-job"),
    ("Робота на будівництві", "construction-job"),
    ("Suche ein Praktikum", "internship"),
    ("Чи маю я право працювати?", "work-permit"),
    ("Перевод диплома на немецкий", "diploma-translation"),
    ("Хто оплатить визнання диплому?", "recognition-costs"),
    ("Я загубила диплом", "transcript-lost"),
    ("Яка страховка потрібна?", "insurance"),
    ("Можно взять кредит?", "credit-loan"),
    ("Прийшов рахунок за Rundfunk", "tv-licence"),
    ("Налоговая декларация", "tax-return"),
    ("Wohngeld beantragen", "housing-benefit"),
    ("Elterngeld Antrag", "elterngeld"),
    ("Переводчик в суд", "court-interpreting"),
    ("beglaubigte Übersetzung der Geburtsurkunde", "sworn-translation"),
    ("Куди вночі з температурою 40?", "emergency-doctor"),
    ("Шукаю невролога", "specialist-doctor"),
    ("Мама лежить у лікарні", "hospital"),
    ("У сина діабет", "chronic-illness"),
    ("Нужен психиатр", "psychiatrist"),
    ("Після обстрілів панічні атаки", "trauma"),
    ("Сын не слушается, истерики", "parenting-advice"),
    ("Support for family carers", "caregiver-relief"),
    ("Мама має деменцію", "dementia"),
    ("Хоспис для папы", "hospice"),
    ("Чоловік втратив зір", "blind"),
    ("Потрібне медичне ліжко для лежачого", "medical-aids"),
    ("Persönliche Assistenz", "personal-assistance"),
    ("Kurzzeitpflege gesucht", "respite-care"),
    ("У доньки аутизм", "autism"),
    ("Опіка над племінником", "legal-guardian"),
    ("Перейти на Blaue Karte", "change-of-status"),
    ("Niederlassungserlaubnis", "permanent-residence"),
    ("Widerspruch gegen den Bescheid", "objection-jobcenter"),
    ("Хочу подать заявление в полицию", "criminal-victim-law"),
    ("Відстрочка від мобілізації", "military-documents"),
    ("Спадщина в Україні", "inheritance-property"),
    ("Потрібна довіреність", "power-of-attorney"),
    ("Sozialamt antwortet nicht", "social-office"),
    ("джобик молчит", "jobcenter"),
    ("Де відсканувати?", "copy-scan"),
    ("Потяг до Варшави", "train-long-distance"),
    ("Яким трамваєм доїхати?", "public-transport-help"),
    ("Купить машину недорого", "car"),
    ("Штраф за парковку", "parking-traffic"),
    ("Wer fährt mich zum Arzt?", "doctor-ride"),
    ("Митниця, що можна везти?", "customs"),
    ("Де зберігати речі?", "storage"),
    ("DHL загубив посилку", "lost-parcel"),
    ("Збираємо гуманітарку", "humanitarian-aid"),
    ("Umzugskartons gesucht", "boxes"),
    ("Phishing mail", "digital-safety"),
    ("Ноутбук не вмикається", "computer-repair"),
    ("Хто навчить користуватись додатком?", "apps-online-services"),
    ("Театральна студія", "theatre-film"),
    ("Безкоштовні музеї", "museum-culture"),
    ("Гурток малювання", "art-crafts"),
    ("Nähcafé", "sewing-club"),
    ("Готуємо разом", "cooking-together"),
    ("Хочу город або сад", "nature-garden"),
    ("Познайомитися з німцями", "language-friends"),
    ("День рождения ребёнка, нужен подарок", "family-event"),
    ("Queer support", "lgbtq"),
    ("Клуб для чоловіків", "men-club"),
    ("До мене пристає начальник", "sexual-violence"),
    ("Мне угрожают", "threat-neighbour"),
    ("Захлопнулась дверь, ключи внутри", "key-lost"),
    ("Wohnungsbrand, alles weg", "fire-disaster"),
    ("Kind in Gefahr", "child-danger"),
    ("Як сортувати сміття?", "rubbish-sorting"),
    ("Коли працює Bürgeramt?", "weather-opening-hours"),
    ("Де купити дешево велосипед?", "shops-where-buy"),
    ("Телеграм канал для українців", "media-news"),
    ("Де можна погрітись?", "toilet-warm-place"),
]


@pytest.mark.parametrize(("text", "concept"), NAMED)
def test_it_is_named(text: str, concept: str) -> None:
    assert concept in concepts(text).named


NEAR_MISSES = [
    ("шукаю курси німецької для мами, 62 роки", "course-with-childcare"),
    ("курсы немецкого для мамы", "course-with-childcare"),
    ("Який він котрий день не дзвонить", "pet"),
    ("Він сказав, що прийде", "pet-vaccination"),
    ("город красивый", "grief"),
    ("Його немає", "sport"),
    ("кто знает", "specialist-doctor"),
    ("Усе стоїть сто євро", "car"),
    ("Хорошо, хорошие люди", "choir"),
    ("she still sticks to it", "std-test"),
    ("Лист із міста прийшов", "nature-garden"),
    ("Сім людей у сім'ї", "sim-card"),
    ("We had it but then", "it-job"),
    ("Er sucht dich", "addiction"),
    ("великий день", "bicycle"),
    ("Китай далеко", "kindergarten"),
    ("Wir vereinbaren etwas", "sport"),
    ("Это было больше минуты", "mines-safety"),
    ("чоловік на вулиці Шевченка не бив нікого", "womens-shelter"),
    ("Nach Leipzig gekommen", "flat"),
]


@pytest.mark.parametrize(("text", "concept"), NEAR_MISSES)
def test_a_like_word_is_not_it(text: str, concept: str) -> None:
    assert concept not in concepts(text).named


HAVE_ALREADY = [
    ("Потрібен диван. Холодильник вже є.", "sofa", "fridge"),
    ("Нужен стол, а кровать уже есть", "table", "bed"),
    ("Wir brauchen eine Waschmaschine, einen Kühlschrank haben wir schon", "washing-machine", "fridge"),
    ("We need a pram. We already have a high chair.", "pram", "high-chair"),
    ("Не потрібна квартира, потрібні меблі", "furniture", "flat"),
    ("Не нужен психолог, нужен юрист", "lawyer", "psychologist"),
    ("Ich brauche keine Waschmaschine, sondern ein Sofa", "sofa", "washing-machine"),
    ("I am not looking for a psychologist but a lawyer", "lawyer", "psychologist"),
]


@pytest.mark.parametrize(("text", "wanted", "refused"), HAVE_ALREADY)
def test_an_asker_says_no_to_what_is_not_wanted(text: str, wanted: str, refused: str) -> None:
    found = concepts(text)
    assert wanted in found.named
    assert refused in found.denied


STILL_WANTED = [
    ("Чи вже є у вас пральна машина?", "washing-machine"),
    ("У нас немає холодильника", "fridge"),
    ("Нет холодильника", "fridge"),
    ("Wir haben keine Betten", "bed"),
    ("We have no mattress", "mattress"),
    ("Не тільки диван, а й стіл", "sofa"),
]


@pytest.mark.parametrize(("text", "concept"), STILL_WANTED)
def test_what_an_asker_lacks_is_wanted(text: str, concept: str) -> None:
    assert concept in concepts(text).named


NAMED_WITH_A_NO = [
    ("Я не хочу жити", "crisis-line"),
    ("Не с кем оставить ребёнка", "childcare"),
    ("Ich will nicht mehr leben", "crisis-line"),
    ("Wir sind nicht krankenversichert", "uninsured"),
    ("We have no insurance and need a doctor", "uninsured"),
]


@pytest.mark.parametrize(("text", "concept"), NAMED_WITH_A_NO)
def test_a_no_that_is_part_of_the_name_refuses_nothing(text: str, concept: str) -> None:
    assert concept in concepts(text).named


REFUSED = [
    ("Ми роздаємо одяг і посуд. Меблі не возимо.", "furniture", "dishes"),
    ("Раздаём одежду, но мебель не возим", "furniture", "clothes"),
    ("Wir geben Kleidung aus, aber keine Möbel.", "furniture", "clothes"),
    ("We hand out clothes, but no furniture.", "furniture", "clothes"),
    ("Psychologische Beratung; Antidepressiva verschreiben wir nicht.", "psychiatrist", "psychologist"),
]


@pytest.mark.parametrize(("text", "refused", "given"), REFUSED)
def test_an_offer_says_no_to_what_it_does_not_give(text: str, refused: str, given: str) -> None:
    found = concepts(text, offered=True)
    assert refused in found.denied
    assert given in found.named


def test_what_an_offer_does_without_is_neither_given_nor_refused() -> None:
    found = concepts("Krankenversicherung ist nicht nötig. Zahnarzt jeden Montag.", offered=True)
    assert "dentist" in found.named
    assert "health-insurance" not in found.named | found.denied


def test_an_offer_is_excluded_by_what_either_side_refuses() -> None:
    offer = concepts("Ми роздаємо одяг і посуд. Меблі не возимо.", offered=True)
    assert excluded(concepts("Потрібні меблі"), offer) == 1
    assert excluded(concepts("Потрібен диван"), offer) == 1
    assert excluded(concepts("Потрібен посуд"), offer) == 0
    assert excluded(concepts("Потрібен диван. Посуд вже є."), concepts("Віддаю посуд", offered=True)) > 0


def test_what_is_rare_weighs_more() -> None:
    rarity = Rarity({"furniture": 50, "sofa": 1, "table": 20}, 100)
    need = concepts("Потрібен диван і стіл")
    sofa, table = concepts("Sofa zu haben", offered=True), concepts("Tisch zu haben", offered=True)
    assert overlap(need, sofa, rarity) > overlap(need, table, rarity) > 0
    assert uncovered(need, sofa, rarity) < uncovered(need, table, rarity)


def test_an_offer_that_names_everything_overlaps_less() -> None:
    rarity = Rarity({}, 100)
    need = concepts("Потрібен диван")
    one = concepts("Sofa zu haben", offered=True)
    all_at_once = concepts("Sofa, Tisch, Stuhl, Lampen, Geschirr, Bettwäsche, Zahnarzt", offered=True)
    assert overlap(need, one, rarity) > overlap(need, all_at_once, rarity) > 0


def test_a_text_that_names_nothing_is_covered() -> None:
    nothing = concepts("Добрий день")
    assert not nothing.named
    assert uncovered(nothing, concepts("Sofa", offered=True), Rarity({}, 10)) == 0
