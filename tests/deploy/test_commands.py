"""The other commands: say, logs, reset, and what is said to who mistypes."""

import json
import os
import re
from collections.abc import Callable

from tests.deploy.conftest import Instance
from tests.kit.waiting import eventually


async def test_say_prints_the_answer_with_numbered_choices(instance: Instance) -> None:
    instance.up()
    await eventually(instance.ready, 30)
    answered = instance.command("say", "Ich suche einen Sprachkurs", "--as", "olena")
    assert answered.returncode == 0
    assert answered.stdout == "Antwort [1]\n\n  1 Es hat geholfen\n  2 Mehr zeigen\n"

    again = instance.command("say", "1", "--as", "olena", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout) == {
        "answered": True, "kind": "need", "need_id": "n1", "decision": "referred", "reason": None, "text": "Antwort [2]",
        "offers": [{"id": "o1", "title": "Sprachcafé", "probability": 0.8, "reasons": ["topic"]}],
        "choices": [{"value": "helped", "label": "Es hat geholfen"}, {"value": "more", "label": "Mehr zeigen"}],
    }  # fmt: skip

    unanswered = instance.command("say", "Danke!")
    assert unanswered.returncode == 1
    assert unanswered.stdout == "No answer (chatter).\n"

    refused = instance.command("say", " ")
    assert refused.returncode == 1
    assert "422: the text is empty" in refused.stderr

    logs = instance.command("logs")
    assert "intake     | started" in logs.stdout
    one = instance.command("logs", "intake").stdout.splitlines()
    assert one[0] == "started"
    assert re.fullmatch(r"2026-11-2\d \d\d:19:18 info     listening port=1", one[1])
    assert one[2] == '{"event": "half a li'
    unknown = instance.command("logs", "intak")
    assert unknown.returncode == 1
    assert "there are logs of: bus, intake," in unknown.stderr

    while_running = instance.command("reset", "--yes")
    assert while_running.returncode == 1
    assert "stop it first" in while_running.stderr


def test_say_without_anything_running_says_what_to_start(instance: Instance) -> None:
    refused = instance.command("say", "hallo")
    assert refused.returncode == 1
    assert refused.stderr == f"Error: Anlaufstelle is not running in {instance.home.path}; start it with ./anlaufstelle up\n"


def test_reset_asks_and_leaves_what_is_not_ours(instance: Instance) -> None:
    instance.home.make()
    secrets = instance.home.secrets()
    (instance.home.store / "data").mkdir(parents=True)
    (instance.home.path / "holiday.jpg").write_text("not ours")

    for said in ("n\n", ""):
        assert instance.command("reset", stdin=said).returncode == 1
        assert instance.home.secrets() == secrets

    assert instance.command("reset", stdin="y\n").returncode == 0
    assert os.listdir(instance.home.path) == ["holiday.jpg"]

    (instance.home.path / "holiday.jpg").unlink()
    assert instance.command("reset", "--yes").returncode == 0
    assert not instance.home.path.exists()


def test_a_mistyped_command_gets_a_suggestion(new_instance: Callable[[], Instance]) -> None:
    mistyped = new_instance().command("statsu")
    assert mistyped.returncode == 2
    assert "Did you mean 'status'" in mistyped.stderr
