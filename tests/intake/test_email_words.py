"""A person's own words in a mail: without quotations and signatures, from HTML, in whatever charset."""

import pytest

from services.intake.channels.email.words import decode, html_to_text, own_words

OWN = "Дякую, курс підходить.\n\nА є ще для дітей?"
OURS = "> Є курс німецької\n> у понеділок"
US = "Anlaufstelle <help@example.org>"
IN_HTML = US.replace("<", "&lt;")


@pytest.mark.parametrize(
    "attribution",
    [
        f"Am Mo., 7. März 2022 um 12:00 Uhr schrieb {US}:",
        f"Am 07.03.2022 um 12:00 schrieb {US}:",
        f"Am 7. März 2022 12:00:10 MEZ schrieb\n{US}:",
        f"On Mon, Mar 7, 2022 at 12:00 PM {US} wrote:",
        "On Mon, Mar 7, 2022 at 12:00 PM Anlaufstelle\n<help@example.org>\nwrote:",
        f"пн, 7 бер. 2022 р. о 12:00 {US} пише:",
        f"пн, 7 бер. 2022 р. о 12:00 {US} написав(ла):",
        "7 березня 2022, 12:00:10, від Anlaufstelle <help@example.org>:",
        f"пн, 7 мар. 2022 г. в 12:00, {US}:",
        f"Понедельник, 7 марта 2022, 12:00 +03:00 от {US}:",
        f"Le lun. 7 mars 2022 à 12:00, {US} a écrit :",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Оригінальне повідомлення --------",
        "-------- Пересылаемое сообщение --------",
    ],
)  # fmt: skip
@pytest.mark.parametrize("below", [OURS, "\n" + OURS, OURS.replace("> ", "")], ids=["marked", "gap", "unmarked"])
def test_what_is_quoted_below_is_cut(attribution: str, below: str) -> None:
    assert own_words(f"{OWN}\n\n{attribution}\n{below}\n") == OWN


def test_an_attribution_without_an_address_counts_when_a_quotation_follows() -> None:
    assert own_words(f"{OWN}\n\n07.03.2022 12:00, Anlaufstelle пишет:\n{OURS}") == OWN


OUTLOOK = """________________________________
Von: Anlaufstelle <help@example.org>
Gesendet: Montag, 7. März 2022 12:00
An: olena@example.org
Betreff: Re: Ihre Nachricht

Є курс німецької"""


@pytest.mark.parametrize(
    "block",
    [
        OUTLOOK,
        OUTLOOK.partition("\n")[2],
        "From: Anlaufstelle\nSent: Monday\nTo: Olena\nSubject: Re: Your message\n\nЄ курс",
        "От: Anlaufstelle\nОтправлено: 7 марта\nКому: Олена\nТема: Re: Ваше сообщение\n\nЄ курс",
        "*Від:* Anlaufstelle\n*Надіслано:* 7 березня\n*Кому:* Олена\n*Тема:* Re: Ваше повідомлення\n\nЄ курс",
        "Begin forwarded message:\n\nЄ курс",
    ],
)
def test_what_outlook_quotes_is_cut(block: str) -> None:
    assert own_words(f"{OWN}\n\n{block}") == OWN


def test_answers_between_and_below_the_quoted_lines_stay() -> None:
    text = f"Am 7.3.2022 um 12:00 schrieb {US}:\n> Для кого курс?\nДля мами.\n> Скільки їй років?\n62"
    assert own_words(text) == "Для мами.\n62"


@pytest.mark.parametrize(
    "text",
    [
        "Am 7. März schrieb mir das Jobcenter:\nSie müssen ausziehen. Wer hilft?",
        "Пишіть мені: olena@example.org\nДякую",
        "Мій адрес такий:\nolena@example.org, телефон 2022",
        "Шукаю:\n- ліжко\n- стіл\n\nДякую!",
        "Von: Leipzig nach Halle\nBrauche Fahrt am Montag",
        "Sent my documents yesterday.\nWhat now?",
        "Потрібно -- дуже потрібно -- ліжко",
        "1) ліжко\n--\n" + "\n".join(f"{number} річ" for number in range(12)),
        "Mit freundlichen Grüßen sagt man hier, oder?",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize(
    "end",
    [
        "-- \nOlena Musterfrau\nolena@example.org",
        "--\nOlena\n+49 341 0001234",
        "Von meinem iPhone gesendet",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
        "Gesendet mit der GMX Mail App",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Holen Sie sich Outlook für iOS",
        "Надіслано з iPhone",
        "Надіслано з мого Samsung",
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Sent from my iPhone\n\n> Є курс",
    ],
)
def test_signatures_are_cut(end: str) -> None:
    assert own_words(f"{OWN}\n\n{end}") == OWN


def test_a_mail_that_only_quotes_says_nothing() -> None:
    assert own_words(f"\nAm 7.3.2022 um 12:00 schrieb {US}:\n{OURS}\n") == ""
    assert own_words(OUTLOOK) == ""
    assert own_words("") == ""


def test_html_is_read_as_a_person_sees_it() -> None:
    html = """<!DOCTYPE html><html><head><title>x</title><style>p {color: red}</style></head><body><script>alert(1)</script>
    <p>Guten&nbsp;Tag,<br>ich suche <b>ein</b>
    Bett&#33;</p><ul><li>weich<li>groß</ul><div style="display: none">Vorschau</div><img src="x"><p>2 &lt; 3 &amp; Danke</p>
    <table><tr><td>Grünau</td></tr></table></body></html>"""
    assert own_words(html_to_text(html)) == "Guten\xa0Tag,\nich suche ein Bett!\n\n- weich\n- groß\n\n2 < 3 & Danke\n\nGrünau"


@pytest.mark.parametrize(
    "quoted",
    [
        f'<div class="gmail_quote"><div class="gmail_attr">Am 7. März schrieb {IN_HTML}:<br></div>'
        "<blockquote>Є <p>курс</p></blockquote></div>",
        f'<div class="moz-cite-prefix">Am 07.03.22 um 12:00 schrieb {IN_HTML}:</div><blockquote>Є курс</blockquote>',
        '<div id="yahoo_quoted_1"><div>Montag</div>Є курс</div>',
        '<div name="quote"><b>Gesendet:</b> Montag<div>Є курс</div></div>',
        '<hr><div id="divRplyFwdMsg"><b>Von:</b> Wir<br><b>Gesendet:</b> Montag<br><b>An:</b> Olena<br></div><p>Є курс</p>',
        '<div class="gmail_signature">Olena<br>Leipzig</div>',
        "<p>-- <br>Olena</p>",
    ],
)
def test_quotations_in_html_are_cut(quoted: str) -> None:
    assert own_words(html_to_text(f"<div>Дякую, <i>підходить</i>.</div><br>{quoted}")) == "Дякую, підходить."


def test_broken_html_is_read_as_far_as_it_goes() -> None:
    assert html_to_text("<p>Потрібно <b>ліжко</div></i><p>і стіл</p") == "Потрібно ліжко\n\nі стіл"
    assert html_to_text("<p>3 < 4 & <3") == "3 < 4 & <3"
    assert html_to_text("<<<>>&&&#xFFFFFFFF;<!-- x") != "x"
    assert html_to_text("<div>" * 3000 + "x") == "x"


TEXT = "Шукаю курси німецької для мами, їй 62 роки"


@pytest.mark.parametrize("said", ["windows-1251", None, "utf-8", "iso-8859-1", "us-ascii", "x-unknown", "windows-1252"])
def test_cyrillic_is_read_whatever_charset_a_mail_names(said: str | None) -> None:
    assert decode(TEXT.encode("windows-1251"), said) == TEXT
    assert decode(TEXT.encode("utf-8"), said) == TEXT
    if said != "windows-1251":
        assert decode(TEXT.replace("і", "и").encode("koi8-u"), said) == TEXT.replace("і", "и")


@pytest.mark.parametrize("said", ["iso-8859-1", None, "utf-8", "windows-1252", "nonsense"])
def test_german_is_read_whatever_charset_a_mail_names(said: str | None) -> None:
    text = "Ich möchte für die Kinder ein Bett: groß, schön"
    assert decode(text.encode("windows-1252"), said) == text
    assert decode(text.encode(), None) == text
    assert decode(b"\xff\xfe\x81 ?", None).endswith("?")


@pytest.mark.parametrize("never_ends", ["<!--", "<a ", "<a b='", "<?", "</", "<![CDATA[", "<script></"])
@pytest.mark.timeout(20)
def test_what_begins_again_and_again_and_never_ends_is_not_read(never_ends: str) -> None:
    assert html_to_text("<p>Ліжко</p>" + never_ends * 25_000) == "Ліжко"


@pytest.mark.parametrize("said", ["punycode", "PunyCode", "idna", "unicode_escape", "rot13", "base64", "x\0"])
def test_what_is_no_charset_is_not_decoded(said: str) -> None:
    for text in ("xn--mnchen-3ya-", r"\u0430", "Bett"):
        assert decode(text.encode(), said) == text
