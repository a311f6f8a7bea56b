"""Title and summary of a draft, in the language that the association works in."""

from datetime import datetime, tzinfo
from typing import Protocol

from anlaufstelle_contracts import GapDetected, UnmetReason
from anlaufstelle_contracts.taxonomy import label
from babel.dates import format_date
from babel.lists import format_list


class Catalogue(Protocol):
    """The translations of one language, as gettext has them."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int) -> str: ...


def _(message: str) -> str:
    return message


REASONS: dict[str, str] = {
    UnmetReason.NO_SUCH_OFFER: _("nobody offers it"),
    UnmetReason.FULL: _("all places are taken"),
    UnmetReason.LANGUAGE: _("the language is not spoken"),
    UnmetReason.TOO_FAR: _("it is too far away"),
    UnmetReason.NOT_ELIGIBLE: _("the conditions do not fit"),
    UnmetReason.OUTDATED: _("it has ended or is not confirmed"),
}


class Drafting:
    """Writes drafts in one language."""

    def __init__(self, language: str, catalogue: Catalogue, zone: tzinfo) -> None:
        self._language, self._catalogue, self._zone = language, catalogue, zone

    def gap_title(self, gap: GapDetected) -> str:
        """`Animals (Grünau)`: at most two categories and two districts."""
        labels = " · ".join(label(category, self._language) for category in gap.categories[:2])
        districts = ", ".join(gap.districts[:2])
        title = labels or self._catalogue.gettext("Unmet needs")
        return f"{title} ({districts})" if districts else title

    def gap_summary(self, gap: GapDetected) -> str:
        """How many need it, since when, where and why they are left without."""
        gettext, ngettext = self._catalogue.gettext, self._catalogue.ngettext
        needs = ngettext("{count} unmet need", "{count} unmet needs", gap.need_count).format(count=gap.need_count)
        people = ngettext("{count} person", "{count} people", gap.person_count).format(count=gap.person_count)
        lines = [gettext("{needs}, {people}, since {date}").format(needs=needs, people=people, date=self._date(gap.since))]
        if gap.districts:
            lines.append(gettext("Where they live: {districts}").format(districts=self._join(gap.districts)))
        reasons = [gettext(REASONS[reason]) for reason in gap.reasons if reason in REASONS]
        if reasons:
            lines.append(gettext("Why it is unmet: {reasons}").format(reasons=self._join(reasons)))
        if gap.keywords:
            lines.append(gettext("Words they share: {keywords}").format(keywords=", ".join(gap.keywords)))
        return "\n".join(lines)

    def idea_title(self, code: str) -> str:
        """The idea's own words stay internal; what others see is a code."""
        return self._catalogue.gettext("Idea {code}").format(code=code)

    def _date(self, time: datetime) -> str:
        return format_date(time.astimezone(self._zone).date(), "long", locale=self._language)

    def _join(self, parts: list[str]) -> str:
        return format_list(parts, locale=self._language)
