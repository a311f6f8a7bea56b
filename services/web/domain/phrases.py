"""Words for the values of the contracts, as the desk shows them. Extraction finds them through `_`."""

from anlaufstelle_contracts import Answer, MatchReason, UnmetReason, Urgency


def _(message: str) -> str:
    return message


PHRASES: dict[str, dict[str, str]] = {
    "state": {
        "new": _("looking for help"),
        "review": _("waits for a person"),
        "closed": _("taken care of"),
        "matched": _("answered"),
        "unmet": _("unmet"),
        "withdrawn": _("withdrawn"),
    },
    "reached": {
        "on_its_way": _("answer on its way"),
        "delivered": _("delivered"),
        "failed": _("not reachable"),
    },
    "answer": {
        Answer.HELPED: _("helped"),
        Answer.NOT_HELPED: _("did not help"),
        Answer.UNREACHABLE: _("nobody answers there"),
        Answer.MORE: _("wants more offers"),
        Answer.HUMAN: _("wants to talk to a person"),
    },
    "urgency": {
        Urgency.NOW: _("today"),
        Urgency.DAYS: _("within days"),
        Urgency.LATER: _("later"),
    },
    "fits": {
        MatchReason.TOPIC: _("topic"),
        MatchReason.DISTRICT: _("nearby"),
        MatchReason.CITY_WIDE: _("city-wide"),
        MatchReason.LANGUAGE: _("language"),
        MatchReason.AUDIENCE: _("audience"),
        MatchReason.HORIZON: _("duration"),
        MatchReason.WORDS: _("same words"),
        MatchReason.SECOND_OPINION: _("second opinion"),
    },
    "unmet": {
        UnmetReason.NO_SUCH_OFFER: _("no such offer"),
        UnmetReason.FULL: _("all full"),
        UnmetReason.LANGUAGE: _("language not spoken"),
        UnmetReason.TOO_FAR: _("too far away"),
        UnmetReason.NOT_ELIGIBLE: _("conditions do not fit"),
        UnmetReason.OUTDATED: _("ended or unconfirmed"),
    },
    "stage": {
        "proposed": _("draft"),
        "consultation_opened": _("in consultation"),
        "approved": _("approved"),
        "declined": _("declined"),
        "started": _("running"),
        "completed": _("completed"),
    },
}
