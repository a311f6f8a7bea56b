"""The words that a person wrote themselves: a mail's text without quotations, signatures and what telephones add.

Own rules, because the libraries for this know neither Ukrainian nor Russian, and cut greetings that belong to what is said.
"""

import codecs
import re
from html.parser import HTMLParser

_BEGINS_ATTRIBUTION = re.compile(
    r"\d{1,2}[. /]|(on|am|le|el|il|w dniu|dne|(пн|вт|ср|чт|пт|сб|нд|вс|понеділ|вівтор|серед|четвер|п.ятниц|субот|неділ|понедел"
    r"|вторник|сред|пятниц|суббот|воскресен)\w*)[\s,.]",
    re.IGNORECASE,
)
_WROTE = re.compile(r"\b(wrote|schrieb|пише|пишет|написа\w+|a écrit|napisał\w*)\b", re.IGNORECASE)
_LONGEST_ATTRIBUTION = 300

_OLD_FROM_HERE = re.compile(
    r"(-{2,}\s*(original message|ursprüngliche nachricht|original-?nachricht|forwarded message|weitergeleitete nachricht"
    r"|(исходное|оригинальное|пересланное|пересылаемое) сообщение|(оригінальне|вихідне|початкове|переслане) повідомлення)\s*-{2,}"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:)",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"\W{0,2}(from|von|від|от|від кого|от кого)\W{0,2}:", re.IGNORECASE)
_HEADER = re.compile(
    r"\W{0,2}(sent|date|to|subject|cc|gesendet|datum|an|betreff|надіслано|дата|кому|тема|копія|отправлено|копия)\W{0,2}:",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--[ \xa0]?")
_SHORT_SIGNATURE = 8
"""So many lines at most may follow `--` without the blank that makes it a signature for certain."""
_SENT_FROM = re.compile(
    r"(von meinem .{2,40} gesendet|diese nachricht wurde von mein.* gesendet|gesendet (von|mit|über) .{2,60}"
    r"|sent (from|with|via) .{2,60}|(get|holen sie sich) outlook (for|für) .{2,20}|outlook (for|für) (ios|android).*"
    r"|(надіслано|відправлено) (з|із|за допомогою) .{2,60}|отправлено (из|с|со) .{2,60}"
    r"|(завантажте|завантажити|скачать) outlook .*)\.?",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """A mail's text without what others wrote and what a programme added."""
    lines = [line.rstrip("\r\n") for line in text.splitlines()]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip(" \t\xa0\ufeff")
        if _old_from_here(lines, at) or _signs(lines, at):
            break
        length, all_below_is_old = _attribution(lines, at)
        if all_below_is_old:
            break
        if length:
            at += length
            continue
        if not line.startswith(">"):
            kept.append(line)
        at += 1
    while kept and (not kept[-1] or _SENT_FROM.fullmatch(kept[-1])):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _old_from_here(lines: list[str], at: int) -> bool:
    """Whether a forwarded or quoted mail begins here that nothing marks line by line, as Outlook does it."""
    line = lines[at].strip()
    if _OLD_FROM_HERE.match(line):
        return True
    if re.fullmatch(r"[_-]{10,}", line):
        following = next((number for number in range(at + 1, len(lines)) if lines[number].strip()), None)
        return following is not None and _is_header_block(lines, following)
    return _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    below = lines[at + 1 : at + 6]
    return bool(_HEADER_FROM.match(lines[at].strip())) and sum(bool(_HEADER.match(line.strip())) for line in below) >= 2


def _signs(lines: list[str], at: int) -> bool:
    """Whether a signature begins here."""
    if not _SIGNATURE.fullmatch(lines[at]):
        return False
    return lines[at] != "--" or sum(bool(line.strip()) for line in lines[at + 1 : at + 100]) <= _SHORT_SIGNATURE


def _attribution(lines: list[str], at: int) -> tuple[int, bool]:
    """How many lines from here say who wrote what is quoted, and whether all below them is quoted without a mark."""
    for length in (1, 2, 3):
        part = lines[at : at + length]
        joined = " ".join(line.strip() for line in part)
        begins = _BEGINS_ATTRIBUTION.match(joined) and not any(_BEGINS_ATTRIBUTION.match(line.strip()) for line in part[1:])
        if (
            not joined.endswith(":")
            or joined.startswith(">")
            or len(joined) > _LONGEST_ATTRIBUTION
            or (length > 1 and not begins)
        ):
            continue
        below = next((lines[number] for number in range(at + length, len(lines)) if lines[number].strip()), "")
        dated = any(sign.isdigit() for sign in joined)
        if below.startswith(">") and (dated or "@" in joined):
            return length, False
        if "@" in joined and dated and (begins or _WROTE.search(joined)):
            return length, True
        if not below and dated and _WROTE.search(joined):
            return length, False
    return 0, False


_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "select", "textarea"})
_EMPTY = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_DEEPEST = 200
"""Tags within tags; what is deeper is read as if it stood here."""


class _Reader(HTMLParser):
    """Collects the text that is to be seen, quotations marked as in plain text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line, self._quoted = "", False
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.end_line()
        if tag == "li":
            self._line = "- "
        if tag in _EMPTY or len(self._open) > _DEEPEST:
            return
        said = {name: (value or "").lower() for name, value in attrs}
        marks = f"{said.get('class', '')} {said.get('id', '')} {said.get('name', '')}"
        unseen = (
            tag in _UNSEEN or "display:none" in said.get("style", "").replace(" ", "") or "hidden" in said or "signature" in marks
        )
        self._open.append((tag, unseen, tag == "blockquote" or "quote" in marks))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        last = next((number for number in range(len(self._open) - 1, -1, -1) if self._open[number][0] == tag), None)
        if last is not None:
            del self._open[last:]

    def handle_data(self, data: str) -> None:
        if any(unseen for _, unseen, _ in self._open):
            return
        self._quoted = any(quoted for _, _, quoted in self._open)
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self._line += words.lstrip() if not self._line or self._line.endswith(" ") else words

    def end_line(self) -> None:
        """What was read since is a line."""
        line = self._line.rstrip()
        if line or (self.lines and self.lines[-1]):
            self.lines.append(f"> {line}" if line and self._quoted else line)
        self._line = ""


def html_to_text(html: str) -> str:
    """What a person sees of an HTML mail, as plain text in which quotations begin with `>`."""
    reader = _Reader()
    reader.feed(html)
    if "<" not in reader.rawdata:
        # Else a tag or a comment begins there that never ends: nobody would see it, and the library would look for its end again
        # and again, for minutes.
        reader.close()
    reader.end_line()
    return "\n".join(reader.lines).strip()


_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape"})
"""Codecs of the library that no mail is written in; the first two take time with the square of the length."""


def decode(body: bytes, charset: str | None) -> str:
    """Bytes as text: UTF-8 if that can be, else the charset that they are said to be in, else what they look like."""
    for name in (charset,) if body.isascii() else ("utf-8", charset):
        try:
            codec = codecs.lookup(name or "ascii").name
            if codec in _NO_CHARSETS:
                continue
            text = body.decode(codec)
        except (LookupError, ValueError):
            continue
        if not _is_mistaken_for_latin(text):
            return text
    return body.decode(_guess(body), "replace")


def _is_mistaken_for_latin(text: str) -> bool:
    """Whether it reads like `Ïðèâåò`: Cyrillic that a programme called Latin."""
    return re.search("[À-ÿ]{4}", text) is not None


def _guess(body: bytes) -> str:
    """The charset of bytes that are no UTF-8: windows-1251 and KOI8-U differ in where the small letters are."""
    if not re.search(rb"[\xc0-\xff]{4}", body):
        return "windows-1252"
    low, high = sum(0xC0 <= sign < 0xE0 for sign in body), sum(sign >= 0xE0 for sign in body)
    return "koi8-u" if low > high else "windows-1251"
