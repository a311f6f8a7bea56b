"""What signal-cli says of a message that it did not send, and the forms in which its versions say that they did."""

from typing import Any

import pytest

from services.intake.channels.base import Rejected, Result, RetryAfter, Sent, Unreachable
from services.intake.channels.signal import _refused, _taken

PERSON, GROUP = "11111111-0000-4000-8000-000000000001", "group.QUFFQw=="


@pytest.mark.parametrize(
    ("status", "why", "result"),
    [
        (400, "The user +493410000001 is not registered.", Unreachable()),
        (400, "Unregistered user: +493410000001", Unreachable()),
        (400, "User is not a member in group: Сусіди (QUFFQw==)", Unreachable()),
        (400, "User is not allowed to send message to group: Сусіди (QUFFQw==)", Unreachable()),
        (400, "Group not found: QUFFQw==", Unreachable()),
        (400, "User +493410000000 is not registered.", RetryAfter()),  # that is us
        (400, "Specified account does not exist", RetryAfter()),
        (400, "Unable to complete request due to untrusted recipient keys", RetryAfter()),
        (400, "Failed to send message", RetryAfter()),
        (
            400,
            'Failed to send (some) messages:\n+493410000001: CAPTCHA proof required for sending to "+493410000001"',
            RetryAfter(),
        ),
        (429, "Failed to send message due to rate limiting. Use the attached challenge tokens", RetryAfter()),
        (500, "", RetryAfter()),
        (400, "Couldn't process request - invalid request", Rejected()),
    ],
)
def test_refusals_are_told_apart(status: int, why: str, result: Result) -> None:
    assert _refused(status, why) == result


@pytest.mark.parametrize(
    ("address", "said", "result"),
    [
        (PERSON, [{"timestamp": "1764000000001"}], Sent(f"{PERSON}/1764000000001")),
        (PERSON, {"timestamp": "1764000000001"}, Sent(f"{PERSON}/1764000000001")),
        (PERSON, [{"timestamp": "1", "errors": {"recipients": [{"reason": "UNREGISTERED_FAILURE"}]}}], Unreachable()),
        (PERSON, [{"timestamp": "1", "errors": {"recipients": [{"reason": "NETWORK_FAILURE"}]}}], RetryAfter()),
        (GROUP, [{"timestamp": "1", "errors": {"recipients": [{"reason": "UNREGISTERED_FAILURE"}]}}], Sent()),
    ],
)
def test_what_was_taken(address: str, said: Any, result: Result) -> None:
    assert _taken(address, said) == result
