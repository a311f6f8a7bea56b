"""Pictures of every page, phone and desktop, light and dark: `python -m tests.web.screenshots FOLDER` (needs Chromium)."""

import asyncio
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from anlaufstelle_contracts import (
    Event,
    GapDetected,
    MessageDelivered,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    OfferCheckRequested,
    OfferPublished,
    PersonReplied,
    ProjectProposed,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
    wrap,
)

from chassis import new_id
from services.web.main import build
from tests.kit import running
from tests.kit.infra import Infra
from tests.kit.waiting import eventually
from tests.web.house import DESK_KEY, TOKEN, House, open_house, settings_of

SIZES = {"phone": (360, 1500), "desktop": (1280, 1300)}
SCHEMES = {"light": 1, "dark": 0}
PAGES = {
    "form": "/?lang=uk", "form-de": "/?lang=de", "answer": f"/s/{TOKEN}?lang=uk", "unknown": "/s/unknown-token?lang=ru",
    "docs": "/docs?lang=de", "desk": f"/desk?key={DESK_KEY}", "login": "/desk?lang=de",
}  # fmt: skip
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip

ANSWER = """Дякуємо, що написали нам. Ми знайшли 2 пропозиції, які можуть Вам допомогти:

1. Deutsch für Ältere im Nachbarschaftszentrum
Langsamer Kurs für Menschen ab 55, mit Pausen und Tee. Einstieg jederzeit.
Де: Grünau
Коли: Di und Do 10–11:30 Uhr
Адреса: Musterstraße 12, 04207 Leipzig
Телефон: +49 341 0000012
Чому підходить: це поруч із Вами

2. Розмовний клуб «Добрий ранок»
Говоримо німецькою без оцінок, з кавою.
Де: усе місто
Чому підходить: там говорять Вашою мовою

Деякі назви й описи подано німецькою, словами тих, хто допомагає. Якщо щось незрозуміло, оберіть «Поговорити з людиною».

Потім, будь ласка, напишіть нам, чи це допомогло."""
CHOICES = {
    "helped": "Допомогло", "not_helped": "Не допомогло", "unreachable": "Там ніхто не відповідає", "more": "Показати ще",
    "human": "Поговорити з людиною",
}  # fmt: skip


def fill(house: House) -> None:
    """A conversation with a question and its answer, and what matching knows of its predictions."""
    house.answered = 120
    house.messages[:] = [
        {"from": "person", "text": "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау", "time": "2026-11-24T09:30:00Z"},
        {
            "from": "us", "text": ANSWER, "time": "2026-11-24T09:30:04Z", "need_id": "n1",
            "choices": [{"value": value, "label": label} for value, label in CHOICES.items()],
        },
    ]  # fmt: skip


def story() -> list[Event]:
    """A morning at the desk."""

    def need(need_id: str, text: str, category: str, **more: object) -> NeedArticulated:
        return NeedArticulated.model_validate(
            {
                "need_id": need_id,
                "person_id": f"p{need_id}",
                "text": text,
                "language": "uk",
                "categories": [category],
                "channel": "web",
            }
            | more
        )

    def offer(title: str, probability: float, **more: object) -> ReferredOffer:
        return ReferredOffer.model_validate(
            {"offer_id": new_id(), "title": title, "probability": probability, "reasons": ["topic", "district"]} | more
        )

    course = offer(
        "Deutsch für Ältere im Nachbarschaftszentrum", 0.91, districts=["Grünau"], schedule="Di und Do 10–11:30 Uhr",
        description="Langsamer Kurs für Menschen ab 55, mit Pausen und Tee. Einstieg jederzeit.",
    )  # fmt: skip
    sewing = offer("Nähwerkstatt mit Kinderbetreuung", 0.44, schedule="mittwochs 15–18 Uhr")
    rooms = [
        offer("Zimmer bei einer Familie", 0.58, districts=["Plagwitz"]),
        offer("Wohnberatung der Stadt", 0.41, reasons=["city_wide"]),
    ]
    events: list[Event] = [
        need("n1", "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау", "language_course", district="Grünau", people=1),
        NeedMatched(need_id="n1", person_id="pn1", language="uk", offers=[course], offer_ids=[course.offer_id]),
        MessageDelivered(message_id="m1", person_id="pn1", need_id="n1", channel="web"),
        ReferralAnswered(need_id="n1", person_id="pn1", answer="helped"),
        need("n2", "Кіт не їсть третій день. Хто знає недорогого ветеринара, грошей майже немає", "animals", urgency="now"),
        NeedUnmet(need_id="n2", person_id="pn2", language="uk", categories=["animals", "finance"], reason="full"),
        need("n3", "Ищем комнату на двоих с сыном, можно с подселением, до 400 евро", "housing", language="ru",
             people=2, district="Plagwitz"),
        ReviewRequested(need_id="n3", person_id="pn3", language="ru", categories=["housing"], candidates=rooms),
        need("n4", "Мені потрібна допомога, чоловік погрожує мені й дітям", "safety_emergency",
             emergency=True, urgency="now", people=3),
        ReviewRequested(need_id="n4", person_id="pn4", language="uk", categories=["safety_emergency"], emergency=True),
        PersonReplied(need_id="n4", person_id="pn4", text="Так, ми вже у сусідки. Телефонувати можна до восьмої"),
        need("n5", "Wo kann ich nähen lernen? Meine Tochter ist vier.", "leisure_community", language="de"),
        ReviewRequested(need_id="n5", person_id="pn5", language="de", categories=["leisure_community"], candidates=[sewing]),
        GapDetected(
            gap_id="g1", categories=["animals", "finance"], need_count=9, person_count=8, districts=["Grünau", "Paunsdorf"],
            reasons=["no_such_offer", "full"], since=datetime(2026, 11, 3, tzinfo=UTC), keywords=["Tierarzt", "кіт", "щеплення"],
            labels={"de": "Tiere: Tierarzt, Impfung", "uk": "Тварини: ветеринар, кіт"},
        ),
        OfferCheckRequested(offer_id="o1", title="Kleiderkammer Grünau"),
        ProjectProposed(
            project_id="pr1", gap_id="g1", title="Tiere · Geld und Schulden (Grünau, Paunsdorf)", need_count=9,
            summary="9 Anliegen ohne Hilfe, 8 Menschen, seit 3. November 2026\nWarum Hilfe fehlt: niemand bietet es an",
        ),
        ProjectProposed(project_id="pr2", person_id="pp", title="Idee 7KQ2-9M", summary="Хочу вести гурток малювання для дітей"),
    ]  # fmt: skip
    for index, (category, reason) in enumerate(
        [("animals", "full"), ("animals", "no_such_offer"), ("transport", "no_such_offer"), ("childcare", "too_far")] * 3
    ):
        events.append(NeedUnmet(need_id=f"u{index}", person_id=f"pu{index}", language="uk", categories=[category], reason=reason))
        events.append(
            need(f"u{index}", "Нічна няня на дві зміни на тиждень" if index % 2 else "Перевезти візок до Галле", category)
        )
    state = {"description": "", "categories": ["food"], "provider_kind": "city", "sample": True}
    events += [OfferPublished.model_validate({"offer_id": f"o{index}", "title": "x"} | state) for index in range(115)]
    return events


async def shoot(url: str, picture: Path, size: tuple[int, int], scheme: int) -> None:
    """One picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
    with TemporaryDirectory() as profile:
        process = await asyncio.create_subprocess_exec(
            chromium, *FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
            f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}", url,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(60):
            await process.wait()
    print(picture)


async def all_told(url: str) -> bool:
    """Whether the desk has taken in the whole story: its offers come last."""
    async with httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
        return "115 von 115" in (await client.get("/desk", params={"key": DESK_KEY})).text


async def main(folder: Path) -> None:
    """Start everything, tell the story, and take the pictures."""
    with TemporaryDirectory() as data, open_house() as house:
        infra = Infra(Path(data), in_containers=False)
        try:
            bus, store = infra.bus(), infra.store()
            await running.provisioned(bus)
            settings = settings_of(house.url, nats_url=bus.url, nats_password=bus.passwords["web"], store_url=store.url)
            server = uvicorn.Server(uvicorn.Config(build(settings).api, port=0, log_level="error", timeout_graceful_shutdown=1))
            serving = asyncio.create_task(server.serve())
            await eventually(lambda: server.started, 20)
            url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            start = datetime.now(UTC) - timedelta(minutes=40)
            told = [
                wrap(event, cause_id=new_id(), position=0, source="story", time=start + timedelta(seconds=50 * index))
                for index, event in enumerate(story())
            ]
            await running.say(bus, *told)
            fill(house)
            await eventually(lambda: all_told(url), 30)
            for page, path in PAGES.items():
                for name, size in SIZES.items():
                    for scheme, number in SCHEMES.items():
                        await shoot(url + path, folder / f"{page}-{name}-{scheme}.png", size, number)
            server.should_exit = True
            await serving
        finally:
            infra.close()


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(pictures))
