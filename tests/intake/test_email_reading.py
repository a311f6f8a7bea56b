"""What a mail is to us: words, a report, or nothing; with hostile and broken ones among them."""

from email.message import EmailMessage
from textwrap import dedent
from typing import Any

import pytest

from services.intake.channels.base import Incoming, Rejected, Result, Sent, Unreachable
from services.intake.channels.email.reading import Nothing, Report, UnreadableError, normal_address, read

US = "help@example.org"
OLENA = "olena@example.org"
NEED = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"


def mail(body: str | bytes = NEED, **headers: str) -> bytes:
    """A mail as it lies in the mailbox; `Content_Type` and so on as arguments, an empty one leaves the header out."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    base = {
        "From": f"Olena Musterfrau <{OLENA}>", "To": US, "Subject": "", "Message-ID": "<1@mail.example.org>",
        "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in {**base, **given}.items() if value)
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + (body if isinstance(body, bytes) else body.encode())


def heard(raw: bytes) -> Incoming:
    """What is heard of a mail."""
    found = read(raw, US)
    assert isinstance(found, Incoming), found
    return found


def made(**parts: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = OLENA, US, "<2@mail.example.org>"
    message.set_content(parts.pop("text", NEED), **parts)
    return message


def test_a_plain_mail_is_what_it_says() -> None:
    found = heard(mail(Content_Language="uk-UA, de"))
    assert found == Incoming(OLENA, "<1@mail.example.org>", NEED, language_hint="uk-UA", authenticated=False)


@pytest.mark.parametrize(
    "sender",
    [
        "OLENA@Example.ORG",
        '"Musterfrau, Olena" <olena@example.org>',
        "=?utf-8?B?0J7Qu9C10L3QsA==?= <olena@example.org>",
        "=?windows-1251?Q?=CE=EB=E5=ED=E0?= <olena@example.org>",
        "=?nonsense?Q?=CE=EB?= <olena@example.org>",
        "Олена <olena@example.org>",
        "olena@example.org (Olena)",
        "olena@example.org, petro@example.org",
    ],
)
def test_the_sender_is_known_by_one_spelling(sender: str) -> None:
    assert heard(mail(From=sender)).address == OLENA


def test_an_address_in_other_letters_is_one() -> None:
    assert heard(mail(From="Éric <éric@example.org>")).address == "éric@example.org"


def test_a_domain_in_other_letters_has_one_spelling() -> None:
    assert normal_address("Olena@BÜCHER.example.org") == normal_address("olena@xn--bcher-kva.example.org")


@pytest.mark.parametrize(
    "sender", ["", "Olena", "<>", "@example.org", "olena@", "a b@example.org", "x@" + "y" * 300, "\udce9ric@example.org"]
)
def test_a_mail_without_a_sender_is_for_a_person_to_look_at(sender: str) -> None:
    with pytest.raises(UnreadableError):
        read(mail(From=sender), US)


def test_a_forged_sender_is_for_a_person_to_look_at() -> None:
    with pytest.raises(UnreadableError):
        read(mail(Authentication_Results="mx.example.org; spf=fail; dkim=none; DMARC=fail (p=none) header.from=example.org"), US)
    assert heard(mail(Authentication_Results="mx.example.org; dmarc=pass")).text == NEED


GENUINE = "mx.example.org; spf=pass smtp.mailfrom=a@example.org; dmarc=pass (p=none) header.from=example.org"


def said_by_servers(*results: str, sender: str = OLENA, server: str = "mx.example.org") -> bool:
    """Whether a mail with these headers is held for genuine."""
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results).encode("utf-8", "surrogateescape")
    found = read(head + mail(From=sender), US, server)
    assert isinstance(found, Incoming)
    return found.authenticated


def test_a_sender_is_genuine_when_our_own_mail_server_says_so() -> None:
    for results in ([GENUINE], ["mx.example.org 1;\r\n dkim=pass", GENUINE.upper()], [GENUINE, "mx.example.net; dmarc=fail"]):
        assert said_by_servers(*results), results
        assert not said_by_servers(*results, server="")
        assert not said_by_servers(*results, server="mx.example.net" if len(results) == 1 else "mx")


@pytest.mark.parametrize(
    "results",
    [
        "",
        "mx.example.org; none",
        "mx.example.org; spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org",
        *(GENUINE.replace("dmarc=pass", f"dmarc={other}") for other in ("none", "temperror", "permerror", "bestguesspass")),
        GENUINE.replace("header.from=example.org", "header.from=example.net"),
        GENUINE.replace("header.from=example.org", ""),
        GENUINE.replace("mx.example.org", "mx.example.org.example.net"),
        'mx.example.org; spf=pass smtp.mailfrom="; dmarc=pass header.from=example.org "@example.net',
        "mx.example.org; spf=pass (domain of ; dmarc=pass header.from=example.org ; x) smtp.mailfrom=example.net",
        "mx.example.org; spf=pass (a (b) ; dmarc=pass header.from=example.org ; x) smtp.mailfrom=example.net",
        r'mx.example.org; spf=pass smtp.mailfrom="a\" ; dmarc=pass header.from=example.org ; \"b"@example.net',
    ],
)
def test_a_sender_is_not_held_for_genuine_by_anything_less(results: str) -> None:
    assert not said_by_servers(results)


def test_one_verdict_against_a_sender_is_enough() -> None:
    assert not said_by_servers(GENUINE, "mx.example.org; dmarc=none header.from=example.org")
    assert not said_by_servers("mx.example.org; dmarc=none header.from=example.org", GENUINE)
    for results in (["mx.example.org; dmarc=fail", GENUINE], [GENUINE, "mx.example.org; dmarc=fail"]):
        with pytest.raises(UnreadableError):
            said_by_servers(*results)


def test_a_verdict_on_another_sender_of_the_same_mail_does_not_count() -> None:
    assert not said_by_servers(GENUINE.replace("from=example.org", "from=example.net"), sender=f"{OLENA}, x@example.net")


def test_who_wrote_is_not_where_an_answer_is_wanted() -> None:
    assert heard(mail(Reply_To="petro@example.org")).address == OLENA


def test_a_mail_without_a_name_is_the_same_when_it_comes_again() -> None:
    raw = mail(Message_ID="")
    assert heard(raw).message_id == heard(raw).message_id
    assert heard(raw).message_id != heard(mail("Інше", Message_ID="")).message_id


@pytest.mark.parametrize(
    ("subject", "body", "text"),
    [
        (NEED, "", NEED),
        (NEED, "Дякую", f"{NEED}\n\nДякую"),
        ("Курси", "Шукаю курси німецької", "Шукаю курси німецької"),
        ("Bitte", "/delete", "/delete"),
        ("Bitte", "1", "1"),
        ("Re: Ваше повідомлення", "Дякую", "Дякую"),
        ("AW: Ihre Nachricht", "", ""),
        ("Відп: Ваше повідомлення", "Дякую", "Дякую"),
        ("=?utf-8?B?0JvRltC20LrQvg==?=", "потрібно", "Ліжко\n\nпотрібно"),
        ("Ліжко", "потрібно", "Ліжко\n\nпотрібно"),
    ],
)
def test_a_subject_is_heard_when_it_says_more(subject: str, body: str, text: str) -> None:
    assert heard(mail(body, Subject=subject)).text == text


def test_the_subject_of_an_answer_is_not_heard() -> None:
    assert heard(mail("Дякую", Subject=NEED, In_Reply_To="<9@example.org>")).text == "Дякую"


def test_of_alternatives_the_plain_one_is_read_unless_it_is_empty() -> None:
    both = made()
    both.add_alternative(f"<p>{NEED}!</p>", subtype="html")
    assert heard(both.as_bytes()) == Incoming(OLENA, "<2@mail.example.org>", NEED, authenticated=False)
    only_html = made(text="  \n")
    only_html.add_alternative(f"<p>{NEED}</p>", subtype="html")
    assert heard(only_html.as_bytes()).text == NEED


def test_words_beside_an_attachment_are_read_and_an_attachment_alone_is_noticed() -> None:
    both = made()
    both.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="lebenslauf.pdf")
    both.add_attachment("не читати", filename="notes.txt")
    assert heard(both.as_bytes()) == Incoming(OLENA, "<2@mail.example.org>", NEED, has_media=True, authenticated=False)
    alone = EmailMessage()
    alone["From"] = OLENA
    alone.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="photo.jpg")
    assert (heard(alone.as_bytes()).text, heard(alone.as_bytes()).has_media) == ("", True)


def test_a_logo_and_a_cryptographic_signature_are_no_attachments() -> None:
    message = made()
    message.add_alternative("<p>x<img src='cid:logo'></p>", subtype="html")
    _, html = message.iter_parts()
    assert isinstance(html, EmailMessage)
    html.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")
    assert heard(message.as_bytes()).has_media is False
    signed = mail(
        f"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{NEED}\r\n--x\r\n"
        "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\nabc\r\n--x--\r\n",
        Content_Type='multipart/signed; boundary="x"; protocol="application/pgp-signature"',
    )
    assert (heard(signed).text, heard(signed).has_media) == (NEED, False)


def test_flowed_lines_are_one_line_and_quoted_ones_are_cut() -> None:
    body = "Шукаю \nкурси\nДякую \n> старе \n> рядок\n-- \nОлена\n"
    assert heard(mail(body, Content_Type="text/plain; charset=utf-8; format=flowed")).text == "Шукаю курси\nДякую"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-u", "utf-8"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_charsets_and_encodings(charset: str, encoding: str) -> None:
    message = made(charset=charset, cte=encoding)
    assert heard(message.as_bytes()).text == NEED


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "Auto-Generated"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "x"},
        {"List_Id": "<news.example.org>"},
        {"List_Unsubscribe": "<https://example.org/out>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "no-reply@example.org"},
        {"From": "noreply+x@example.org"},
        {"From": "Help@Example.org"},
    ],
)
def test_machines_lists_and_ourselves_are_not_answered(headers: dict[str, str]) -> None:
    assert isinstance(read(mail(**headers), US), Nothing)


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "no"}, {"Return_Path": "<olena@example.org>"}, {"Precedence": "normal"}])
def test_people_are_answered(headers: dict[str, str]) -> None:
    assert heard(mail(**headers)).text == NEED


OURS = "<0197-abc@example.org>"


def report(action: str, status: str, returned: str = "message/rfc822", **headers: str) -> bytes:
    body = dedent(f"""\
        --x
        Content-Type: text/plain

        Undelivered Mail Returned to Sender

        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org
        Arrival-Date: Mon, 7 Mar 2022 12:00:00 +0100

        Final-Recipient: rfc822; olena@example.org
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} whatever

        --x
        Content-Type: {returned}

        From: {US}
        To: {OLENA}
        Message-ID: {OURS}
        Subject: Re: Ваше повідомлення

        Є курс
        --x--
        """)
    kind = 'multipart/report; report-type=delivery-status; boundary="x"'
    return mail(
        body, From="MAILER-DAEMON@mx.example.org", Content_Type=kind, Return_Path="<>", Auto_Submitted="auto-replied", **headers
    )


@pytest.mark.parametrize(
    ("action", "status", "result"),
    [
        ("failed", "5.1.1", Unreachable()),
        ("Failed", "5.2.2", Unreachable()),
        ("failed", "4.4.7", Unreachable()),
        ("failed", "5.7.1", Rejected()),
        ("failed", "5.3.4", Rejected()),
        ("delivered", "2.0.0", Sent()),
    ],
)
@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_reports_say_what_became_of_a_mail(action: str, status: str, result: Result, returned: str) -> None:
    assert read(report(action, status, returned), US) == Report(OURS, result)


def test_a_report_that_returns_nothing_names_the_mail_in_its_head() -> None:
    raw = (
        report("failed", "5.1.1")
        .replace(b"Message-ID: " + OURS.encode(), b"X: y")
        .replace(b"To: help", b"In-Reply-To: " + OURS.encode() + b"\r\nTo: help")
    )
    assert read(raw, US) == Report(OURS, Unreachable())


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("expanded", "2.0.0"), ("", "")])
def test_a_report_that_says_nothing_final_is_nothing(action: str, status: str) -> None:
    assert isinstance(read(report(action, status), US), Nothing)


@pytest.mark.parametrize(
    "raw",
    [
        mail("x", Content_Type="multipart/mixed"),
        mail("--x\r\n\r\n" * 3, Content_Type="multipart/mixed; boundary=x"),
        mail("x", Content_Type="text/plain; charset=" + "x" * 500),
        mail("x", Content_Type=";;;=;=\x00"),
        mail("%%%", Content_Transfer_Encoding="base64"),
        mail("=ZZ=", Content_Transfer_Encoding="quoted-printable"),
        mail("x", Subject="=?utf-8?B?%%%?= =?x?y?z?=", Message_ID="<<>>"),
        mail(b"\x00\x80\xff" * 99, Date="never", Message_ID="one two"),
        mail("\r\n".join(":" for _ in range(100_000))),
        mail("<div>x" * 100_000, Content_Type="text/html"),
        mail("--\r\n" * 100_000),
        mail("<!--" * 250_000, Content_Type="text/html"),
        mail("a" * 1_000_000, Content_Type="text/plain; charset=punycode"),
        mail("x", Content_Type="text/plain;" + '"' * 300_000),
        mail("x", From=f"{OLENA}, " + '"' * 300_000),
    ],
    ids=lambda raw: f"{len(raw)} bytes",
)
@pytest.mark.timeout(20)
def test_a_broken_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert heard(raw).address == OLENA


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From olena Mon\n\n", b"\r\n\r\n" + NEED.encode(), b":" * 1000])
def test_what_is_no_mail_is_for_a_person_to_look_at(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw, US)


def test_of_a_very_long_text_or_header_the_beginning_is_read() -> None:
    for charset in ("utf-8", "windows-1251"):
        text = heard(made(text="Ще слово " * 50_000, charset=charset, cte="base64").as_bytes()).text
        assert text == ("Ще слово " * (len(text) // 9 + 1))[: len(text)]
        assert 40_000 < len(text) < 100_000
    assert len(heard(mail("x" * 1_000_000)).text) == 100_000
    assert len(heard(mail("", Subject="x" * 1_000_000)).text) == 10_000


def test_parts_within_parts_without_end_are_for_a_person_to_look_at() -> None:
    head, *below = (f"multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n" for number in range(50))
    kind, _, rest = head.partition("\r\n\r\n")
    with pytest.raises(UnreadableError):
        read(mail(rest + "".join(f"Content-Type: {each}" for each in below), Content_Type=kind), US)


def test_a_mail_that_was_cut_off_is_read_up_to_there() -> None:
    both = made()
    both.add_attachment(b"x" * 10_000, maintype="application", subtype="pdf", filename="x.pdf")
    found = heard(both.as_bytes()[:2_000])
    assert (found.text, found.has_media) == (NEED, True)
