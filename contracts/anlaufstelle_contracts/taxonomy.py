"""What needs and offers are about: 23 categories with names in four languages and their place in Open Eligibility.

Events carry category ids as plain strings, so that a consumer survives an id that it does not know yet.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from .places import BadPlaceFile, read_rows

LANGUAGES: Final = ("uk", "ru", "de", "en")


class OpenEligibility(StrEnum):
    """The top-level human services of the Open Eligibility taxonomy (openeligibility.org)."""

    EMERGENCY = "Emergency"
    FOOD = "Food"
    HOUSING = "Housing"
    GOODS = "Goods"
    TRANSIT = "Transit"
    HEALTH = "Health"
    MONEY = "Money"
    CARE = "Care"
    EDUCATION = "Education"
    WORK = "Work"
    LEGAL = "Legal"


class Category(StrEnum):
    """What a need or an offer is about."""

    ANIMALS = "animals"
    AUTHORITIES_PAPERWORK = "authorities_paperwork"
    CHILDCARE = "childcare"
    CLOTHING = "clothing"
    DIGITAL_SIM = "digital_sim"
    DISABILITY_CARE = "disability_care"
    FINANCE = "finance"
    FOOD = "food"
    HEALTH = "health"
    HOUSING = "housing"
    HOUSING_FURNISHING = "housing_furnishing"
    INFORMATION_OTHER = "information_other"
    INTERPRETING = "interpreting"
    LANGUAGE_COURSE = "language_course"
    LEGAL_RESIDENCE = "legal_residence"
    LEISURE_COMMUNITY = "leisure_community"
    MENTAL_HEALTH = "mental_health"
    PARCEL_LOGISTICS = "parcel_logistics"
    QUALIFICATION_RECOGNITION = "qualification_recognition"
    SAFETY_EMERGENCY = "safety_emergency"
    SCHOOL_EDUCATION = "school_education"
    TRANSPORT = "transport"
    WORK = "work"


class Term(NamedTuple):
    """A category's names, as people in need read them, and its Open Eligibility service."""

    uk: str
    ru: str
    de: str
    en: str
    open_eligibility: OpenEligibility


_C, _O = Category, OpenEligibility

TERMS: Final[dict[Category, Term]] = {
    _C.ANIMALS: Term("Тварини", "Животные", "Tiere", "Animals", _O.CARE),
    _C.AUTHORITIES_PAPERWORK: Term(
        "Установи й документи", "Ведомства и документы", "Ämter und Formulare", "Offices and forms", _O.CARE
    ),
    _C.CHILDCARE: Term("Догляд за дітьми", "Присмотр за детьми", "Kinderbetreuung", "Childcare", _O.CARE),
    _C.CLOTHING: Term("Одяг і взуття", "Одежда и обувь", "Kleidung und Schuhe", "Clothes and shoes", _O.GOODS),
    _C.DIGITAL_SIM: Term(
        "Телефон, інтернет і комп’ютер", "Телефон, интернет и компьютер", "Handy, Internet und Computer",
        "Phone, internet and computer", _O.GOODS,
    ),
    _C.DISABILITY_CARE: Term(
        "Інвалідність і догляд", "Инвалидность и уход", "Behinderung und Pflege", "Disability and care", _O.CARE
    ),
    _C.FINANCE: Term("Гроші й борги", "Деньги и долги", "Geld und Schulden", "Money and debts", _O.MONEY),
    _C.FOOD: Term("Їжа", "Еда", "Essen und Lebensmittel", "Food", _O.FOOD),
    _C.HEALTH: Term("Лікарі та здоров’я", "Врачи и здоровье", "Ärzte und Gesundheit", "Doctors and health", _O.HEALTH),
    _C.HOUSING: Term("Житло", "Жильё", "Wohnen und Unterkunft", "Housing", _O.HOUSING),
    _C.HOUSING_FURNISHING: Term(
        "Меблі та речі для дому", "Мебель и вещи для дома", "Möbel und Hausrat", "Furniture and household things", _O.GOODS
    ),
    _C.INFORMATION_OTHER: Term(
        "Інформація та інше", "Информация и другое", "Auskunft und anderes", "Information and other things", _O.CARE
    ),
    _C.INTERPRETING: Term(
        "Усний і письмовий переклад", "Устный и письменный перевод", "Dolmetschen und Übersetzen",
        "Interpreting and translation", _O.LEGAL,
    ),
    _C.LANGUAGE_COURSE: Term("Мовні курси", "Языковые курсы", "Sprachkurse", "Language courses", _O.EDUCATION),
    _C.LEGAL_RESIDENCE: Term(
        "Юридичні питання й дозвіл на проживання", "Юридические вопросы и вид на жительство", "Recht und Aufenthalt",
        "Law and residence", _O.LEGAL,
    ),
    _C.LEISURE_COMMUNITY: Term(
        "Дозвілля та спілкування", "Досуг и общение", "Freizeit und Begegnung", "Leisure and meeting people", _O.CARE
    ),
    _C.MENTAL_HEALTH: Term(
        "Психологічна підтримка", "Психологическая поддержка", "Seelische Hilfe", "Emotional support", _O.HEALTH
    ),
    _C.PARCEL_LOGISTICS: Term(
        "Посилки й перевезення речей", "Посылки и перевозка вещей", "Pakete und Transport von Sachen",
        "Parcels and moving things", _O.TRANSIT,
    ),
    _C.QUALIFICATION_RECOGNITION: Term(
        "Визнання дипломів", "Признание дипломов", "Anerkennung von Abschlüssen", "Recognition of qualifications", _O.WORK
    ),
    _C.SAFETY_EMERGENCY: Term(
        "Безпека й захист", "Безопасность и защита", "Schutz und Hilfe bei Gefahr", "Safety and help in danger", _O.EMERGENCY
    ),
    _C.SCHOOL_EDUCATION: Term(
        "Школа й навчання", "Школа и учёба", "Schule und Bildung", "School and education", _O.EDUCATION
    ),
    _C.TRANSPORT: Term("Поїздки та транспорт", "Поездки и транспорт", "Fahrten und Verkehr", "Getting around", _O.TRANSIT),
    _C.WORK: Term("Робота", "Работа", "Arbeit", "Work", _O.WORK),
}  # fmt: skip


def term(category: str) -> Term:
    """The entry of a category id; of `information_other` for an id that this version does not know."""
    return TERMS[_C(category)] if category in TERMS else TERMS[_C.INFORMATION_OTHER]


def label(category: str, language: str) -> str:
    """The name of a category id in uk, ru, de or en; in English for any other language."""
    spoken = language if language in LANGUAGES else "en"
    return _renamed.get((category, spoken)) or str(getattr(term(category), spoken))


_renamed: dict[tuple[str, str], str] = {}


def relabel(folder: Path) -> None:
    """Take names of categories from a folder's `labels.tsv`, where it has one. Raises BadPlaceFile."""
    file = folder / "labels.tsv"
    _renamed.clear()
    for number, (category, *names) in read_rows(file, least=1 + len(LANGUAGES)) if file.exists() else ():
        if category not in TERMS or len(names) != len(LANGUAGES):
            raise BadPlaceFile(f"{file}, line {number}: a category id and its names in {', '.join(LANGUAGES)}")
        _renamed.update(zip(((category, language) for language in LANGUAGES), names, strict=True))


def open_eligibility(category: str) -> OpenEligibility:
    """The Open Eligibility service that a category id belongs to."""
    return term(category).open_eligibility
