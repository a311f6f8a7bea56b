"""`anlaufstelle say`: plays a person on the console channel, and prints the answer as they would get it."""

import getpass
import json
import time
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.markup import escape

from .control import running
from .home import Home
from .parts import HOST
from .problem import Problem

ANSWER_TIMEOUT = 60.0
LONG_POLL = 20.0
SILENT_KINDS = ("chatter",)
"""What intake need not answer; it is not waited for as long."""
SILENCE = 5.0


def say(home: Home, console: Console, text: str, name: str | None, as_json: bool) -> bool:
    """Say something and print the answer; gives whether there was one. Raises Problem."""
    state = running(home)
    if state.phase != "ready":
        raise Problem(f"Anlaufstelle is {state.phase}; try again when ./anlaufstelle status shows everything ready")
    with httpx.Client(
        headers={"Authorization": f"Bearer {home.secrets().api_token}"}, trust_env=False, timeout=LONG_POLL + 10
    ) as client:  # fmt: skip
        conversation = _Conversation(client, f"http://{HOST}:{state.port('intake')}/channels/console/messages", name or _login())
        try:
            said, answers = conversation.turn(text)
            need_id = said["need_id"] or next((answer["need_id"] for answer in answers if answer["need_id"]), None)
            decision = _decision(client, f"http://{HOST}:{state.port('matching')}/needs/{need_id}") if as_json and need_id else {}
        except httpx.HTTPStatusError as error:
            raise Problem(f"{error.request.url.path} says {error.response.status_code}: {_reason(error.response)}") from None
        except httpx.HTTPError as error:
            raise Problem(f"a service does not answer ({type(error).__name__}); see ./anlaufstelle status") from None
    if as_json:
        console.print_json(json.dumps(_summary(said, answers, decision), ensure_ascii=False))
    else:
        _show(console, answers, said["kind"])
    return bool(answers)


class _Conversation:
    """One person's conversation on the console channel."""

    def __init__(self, client: httpx.Client, url: str, person: str) -> None:
        self._client, self._url, self._person = client, url, person

    def turn(self, text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Say one thing and wait for what comes back."""
        seen = max((message["seq"] for message in self._messages(after=0, wait=0)), default=0)
        response = self._client.post(self._url, json={"from": self._person, "text": text, "id": str(uuid4())})
        said: dict[str, Any] = response.raise_for_status().json()
        deadline = time.monotonic() + (SILENCE if said["kind"] in SILENT_KINDS else ANSWER_TIMEOUT)
        while (left := deadline - time.monotonic()) > 0:
            answers = [
                answer
                for answer in self._messages(after=seen, wait=min(left, LONG_POLL))
                if not said["need_id"] or answer["need_id"] in (None, said["need_id"])
            ]
            if answers:
                return said, answers
        return said, []

    def _messages(self, after: int, wait: float) -> list[dict[str, Any]]:
        response = self._client.get(self._url, params={"from": self._person, "after": after, "wait": wait})
        messages: list[dict[str, Any]] = response.raise_for_status().json()["messages"]
        return messages


def _decision(client: httpx.Client, url: str) -> dict[str, Any]:
    response = client.get(url)
    if response.status_code == httpx.codes.NOT_FOUND:
        return {}  # matching has not decided: intake answered by itself
    decision: dict[str, Any] = response.raise_for_status().json()
    return decision


def _summary(said: dict[str, Any], answers: list[dict[str, Any]], decision: dict[str, Any]) -> dict[str, Any]:
    return {
        "answered": bool(answers),
        "kind": said["kind"],
        "need_id": said["need_id"],
        "decision": decision.get("decision"),
        "reason": decision.get("reason"),
        "offers": decision.get("offers", []),
        "text": "\n\n".join(answer["text"] for answer in answers),
        "choices": [choice for answer in answers for choice in answer["choices"]],
    }


def _show(console: Console, answers: list[dict[str, Any]], kind: str) -> None:
    for answer in answers:
        console.print(answer["text"], markup=False, highlight=False, soft_wrap=True)
        if answer["choices"]:
            console.print()
        for number, choice in enumerate(answer["choices"], 1):
            console.print(f"  [bold]{number}[/] {escape(choice['label'])}", highlight=False, soft_wrap=True)
    if not answers:
        console.print(f"No answer ({kind}).")


def _reason(response: httpx.Response) -> str:
    """Why a service refuses; FastAPI puts it into `detail`."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase


def _login() -> str:
    """The login name, or a stand-in where there is none (a container's nameless user)."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
