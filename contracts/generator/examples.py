"""One golden example of every event: two days of an invented autumn, told by hand."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from anlaufstelle_contracts import (
    Answer,
    Choice,
    CloudEvent,
    ConsultationOpened,
    Event,
    FailureReason,
    GapClosed,
    GapDetected,
    Horizon,
    MatchReason,
    MessageDelivered,
    MessageFailed,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    NeedWithdrawn,
    OfferChanged,
    OfferCheckRequested,
    OfferDeclined,
    OfferPublished,
    OfferRetracted,
    OfferSubmitted,
    OfferWithdrawn,
    PartnerAnswered,
    PersonErased,
    ProjectApplied,
    ProjectApproved,
    ProjectCompleted,
    ProjectDeclined,
    ProjectProposed,
    ProjectStarted,
    ProviderKind,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
    UnmetReason,
    Urgency,
    VolunteerJoined,
    wrap,
)

DAUGHTER = "019ab0c1-2f00-7a10-8a3e-51d2c4e0b001"
DRIVER = "019ab0c1-2f00-7a10-8a3e-51d2c4e0b002"
TEACHER = "019ab0c1-2f00-7a10-8a3e-51d2c4e0b003"
COURSE_NEED = "019ab0d4-6b10-7c21-9f10-0a4f6d2e1001"
VET_NEED = "019ab0d4-6b10-7c21-9f10-0a4f6d2e1002"
ROOM_NEED = "019ab0d4-6b10-7c21-9f10-0a4f6d2e1003"
SOFA_NEED = "019ab0d4-6b10-7c21-9f10-0a4f6d2e1004"
COURSE_OFFER = "019aa001-1000-7d00-8b00-7e5a9c3f2001"
BEDS_OFFER = "019aa001-1000-7d00-8b00-7e5a9c3f2002"
VET_OFFER = "019ab5e0-4000-7d00-8b00-7e5a9c3f2003"
CIRCUS_OFFER = "019aa001-1000-7d00-8b00-7e5a9c3f2004"
SOFA_OFFER = "019aa001-1000-7d00-8b00-7e5a9c3f2005"
MLM_OFFER = "019aa001-1000-7d00-8b00-7e5a9c3f2006"
GAP = "019ab300-0c00-7e00-8c00-3b6f1d7a3001"
VET_PROJECT = "019ab301-5500-7f00-8d00-9c2e4b8d4001"
CHOIR_PROJECT = "019ab302-6600-7f00-8d00-9c2e4b8d4002"
ANSWER_MESSAGE = "019ab0d4-9000-7b00-8e00-2d7c5a1f5001"
LATE_MESSAGE = "019ab0d4-9000-7b00-8e00-2d7c5a1f5002"

COURSE = ReferredOffer(
    offer_id=COURSE_OFFER,
    title="Немецкий без спешки для тех, кому 55+",
    description="Спокойный темп, много повторений, темы из жизни: врач, магазин, соседи, транспорт. Учебник не нужен.",
    districts=["Grünau"],
    schedule="вторник и пятница 10:00–11:30",
    address="Musterplatz 7, 04207 Leipzig",
    phone="+49 341 0002086",
    email="deutsch-55@example.org",
    url="https://deutsch-55.example.org",
    probability=0.91,
    reasons=[MatchReason.TOPIC, MatchReason.DISTRICT, MatchReason.AUDIENCE, MatchReason.LANGUAGE],
)
BEDS = ReferredOffer(
    offer_id=BEDS_OFFER,
    title="Notschlafplätze für Durchreisende am Hauptbahnhof",
    description="Bett, Dusche und Tee für eine Nacht. Einlass bis 22 Uhr.",
    districts=["Zentrum"],
    schedule="täglich ab 19 Uhr",
    probability=0.44,
    reasons=[MatchReason.TOPIC],
)


class Line(NamedTuple):
    """Who says what, when, and why: a command's id, or the event whose example it follows from."""

    source: str
    at: str
    cause: str | type[Event]
    event: Event


STORY = (
    Line("matching", "2026-11-20T08:00:00", "019aa000-0000-7000-8000-000000000001", OfferPublished(
        offer_id=COURSE_OFFER, title=COURSE.title, description=COURSE.description, categories=["language_course"],
        districts=["Grünau"], languages=["ru", "de"], audience=["seniors"], horizon=[Horizon.WEEKS, Horizon.PERMANENT],
        valid_from=date(2026, 9, 1), capacity=4, provider_kind=ProviderKind.ASSOCIATION, schedule=COURSE.schedule,
        assured_date=date(2026, 11, 16), address=COURSE.address, phone=COURSE.phone, email=COURSE.email, url=COURSE.url,
    )),
    Line("matching", "2026-11-20T08:05:00", "019aa000-0000-7000-8000-000000000002", OfferChanged(
        offer_id=BEDS_OFFER, title=BEDS.title, description=BEDS.description, categories=["housing", "safety_emergency"],
        districts=["Zentrum"], languages=["de", "en", "uk"], horizon=[Horizon.HOURS], capacity=0,
        provider_kind=ProviderKind.CITY, schedule=BEDS.schedule, assured_date=date(2026, 11, 20),
    )),
    Line("matching", "2026-11-20T08:10:00", "019aa000-0000-7000-8000-000000000003", OfferWithdrawn(offer_id=CIRCUS_OFFER)),
    Line("matching", "2026-11-22T12:20:00", "019ab171-0000-7000-8000-000000000019", OfferCheckRequested(
        offer_id=BEDS_OFFER, title=BEDS.title,
    )),
    Line("intake", "2026-11-22T09:30:00", "019ab0d4-6b10-7000-8000-000000000004", NeedArticulated(
        need_id=COURSE_NEED, person_id=DAUGHTER, text="Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау",
        language="uk", categories=["language_course"], horizon=Horizon.PERMANENT, district="Grünau", people=1, channel="telegram",
    )),
    Line("matching", "2026-11-22T09:30:01", NeedArticulated, NeedMatched(
        need_id=COURSE_NEED, person_id=DAUGHTER, language="uk", categories=["language_course"], offers=[COURSE],
        offer_ids=[COURSE_OFFER],
    )),
    Line("notify", "2026-11-22T09:30:02", NeedMatched, MessageRequested(
        message_id=ANSWER_MESSAGE, person_id=DAUGHTER, need_id=COURSE_NEED, language="uk",
        text="Ось що ми знайшли:\n1. Немецкий без спешки для тех, кому 55+ (Grünau, вторник и пятница 10:00–11:30)",
        choices=[Choice(value="helped", label="Підходить"), Choice(value="not_helped", label="Не підходить")],
    )),
    Line("intake", "2026-11-22T09:30:03", MessageRequested, MessageDelivered(
        message_id=ANSWER_MESSAGE, person_id=DAUGHTER, need_id=COURSE_NEED, channel="telegram",
    )),
    Line("intake", "2026-11-22T12:15:00", "019ab16c-0000-7000-8000-000000000005", ReferralAnswered(
        need_id=COURSE_NEED, person_id=DAUGHTER, offer_id=COURSE_OFFER, answer=Answer.HELPED,
    )),
    Line("matching", "2026-11-22T10:02:00", "019ab0f0-0000-7000-8000-000000000006", NeedUnmet(
        need_id=VET_NEED, person_id=DRIVER, language="ru", categories=["animals"], urgency=Urgency.DAYS,
        reason=UnmetReason.NO_SUCH_OFFER,
    )),
    Line("matching", "2026-11-22T21:40:00", "019ab36f-0000-7000-8000-000000000007", ReviewRequested(
        need_id=ROOM_NEED, person_id=DRIVER, language="ru", categories=["housing"], candidates=[BEDS],
    )),
    Line("intake", "2026-11-22T21:45:00", "019ab374-0000-7000-8000-000000000008", MessageFailed(
        message_id=LATE_MESSAGE, person_id=DRIVER, need_id=ROOM_NEED, channel="telegram", reason=FailureReason.UNREACHABLE,
    )),
    Line("intake", "2026-11-22T22:00:00", "019ab381-0000-7000-8000-000000000009", NeedWithdrawn(
        need_id=SOFA_NEED, person_id=DRIVER,
    )),
    Line("matching", "2026-11-22T10:02:01", NeedUnmet, GapDetected(
        gap_id=GAP, categories=["animals"], need_count=9, person_count=8, districts=["Grünau", "Reudnitz"],
        reasons=[UnmetReason.NO_SUCH_OFFER, UnmetReason.FULL], since=datetime(2026, 10, 3, 7, 12, tzinfo=UTC),
        need_ids=[VET_NEED], keywords=["ветеринар", "прививка", "Tierarzt"],
        labels={"uk": "Тварини: ветеринар", "ru": "Животные: ветеринар", "de": "Tiere: Tierarzt", "en": "Animals: ветеринар"},
    )),
    Line("projects", "2026-11-22T10:02:02", GapDetected, ProjectProposed(
        project_id=VET_PROJECT, gap_id=GAP, title="Tierärztliche Sprechstunde", categories=["animals"],
        summary="Einmal im Monat eine kostenlose Sprechstunde für Tiere von Menschen mit kleinem Einkommen.",
        districts=["Grünau", "Reudnitz"], need_count=9, funding="Stadt, Amt für Integration",
    )),
    Line("intake", "2026-11-22T16:20:00", "019ab24c-0000-7000-8000-000000000010", ProjectApplied(
        project_id=CHOIR_PROJECT, person_id=TEACHER, language="uk", text="Хочу заснувати хор для дітей, є досвід і піаніно",
    )),
    Line("projects", "2026-11-23T08:00:00", "019ab5a0-0000-7000-8000-000000000011", ConsultationOpened(
        project_id=VET_PROJECT, partner_ids=["tierschutz", "stadt"],
    )),
    Line("projects", "2026-11-23T09:00:00", "019ab5d0-0000-7000-8000-000000000012", PartnerAnswered(
        project_id=VET_PROJECT, partner_id="tierschutz", supports=True, text="Wir können den Raum stellen.",
    )),
    Line("projects", "2026-11-23T09:30:00", "019ab5d8-0000-7000-8000-000000000013", ProjectApproved(project_id=VET_PROJECT)),
    Line("projects", "2026-11-23T09:35:00", "019ab5d9-0000-7000-8000-000000000014", ProjectDeclined(
        project_id=CHOIR_PROJECT, reason="Es gibt schon einen Kinderchor, der Plätze frei hat.",
    )),
    Line("projects", "2026-11-23T10:00:00", "019ab5e0-0000-7000-8000-000000000015", ProjectStarted(
        project_id=VET_PROJECT, offer_id=VET_OFFER,
    )),
    Line("projects", "2026-11-23T10:00:00", "019ab5e0-0000-7000-8000-000000000015", OfferSubmitted(
        offer_id=VET_OFFER, project_id=VET_PROJECT, gap_id=GAP, title="Tierärztliche Sprechstunde",
        description="Jeden ersten Samstag im Monat: Untersuchung und Impfung, kostenlos.", categories=["animals"],
        districts=["Grünau", "Reudnitz"], provider_kind=ProviderKind.PROJECT,
    )),
    Line("matching", "2026-11-23T10:00:01", OfferSubmitted, GapClosed(gap_id=GAP, offer_id=VET_OFFER)),
    Line("intake", "2026-11-23T11:00:00", "019ab617-0000-7000-8000-000000000020", OfferRetracted(
        offer_id=SOFA_OFFER, person_id=TEACHER,
    )),
    Line("matching", "2026-11-23T11:30:00", "019ab632-0000-7000-8000-000000000021", OfferDeclined(offer_id=MLM_OFFER)),
    Line("projects", "2026-11-23T18:00:00", "019ab7a0-0000-7000-8000-000000000016", ProjectCompleted(project_id=VET_PROJECT)),
    Line("intake", "2026-11-23T18:30:00", "019ab7bb-0000-7000-8000-000000000017", VolunteerJoined(
        person_id=TEACHER, language="uk", text="Можу допомагати з перекладом двічі на тиждень",
    )),
    Line("intake", "2026-11-23T19:00:00", "019ab7d7-0000-7000-8000-000000000018", PersonErased(
        person_id=DRIVER, need_ids=[VET_NEED, ROOM_NEED, SOFA_NEED],
    )),
)  # fmt: skip


def envelopes() -> list[CloudEvent]:
    """The examples in their envelopes, in the order of the story."""
    told: dict[type[Event], CloudEvent] = {}
    for line in STORY:
        cause = line.cause if isinstance(line.cause, str) else told[line.cause].id
        correlation = cause if isinstance(line.cause, str) else told[line.cause].correlationid
        told[type(line.event)] = wrap(
            line.event, cause_id=cause, position=0, source=line.source, correlation_id=correlation,
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            time=datetime.fromisoformat(line.at).replace(tzinfo=UTC),
        )  # fmt: skip
    return list(told.values())
