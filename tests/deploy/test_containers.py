"""`deploy init`: secrets made once, and a configuration of the bus that a real nats-server takes."""

import re
import subprocess
import sysconfig
from pathlib import Path

from anlaufstelle_contracts.topology import ROLES

from deploy import containers

ENV, CONF = containers.ENV, containers.NATS_CONF


def variables(folder: Path) -> dict[str, str]:
    lines = (folder / ENV).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_first_time_makes_everything_that_is_secret_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    assert set(containers.init(tmp_path)) == set(containers.SECRETS)
    made = variables(tmp_path)
    assert set(made) == set(containers.SECRETS)
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[\w-]{40,}", value) for value in made.values())
    for path in (tmp_path / ENV, tmp_path / CONF):
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / CONF).parent.stat().st_mode & 0o777 == 0o700
    config = (tmp_path / CONF).read_text()
    assert all(made[containers.password_name(role.name)] in config for role in ROLES)


def test_later_times_overwrite_no_secret_and_keep_what_the_operator_wrote(tmp_path: Path) -> None:
    containers.init(tmp_path)
    env = tmp_path / ENV
    before = variables(tmp_path)
    text = env.read_text().replace(f"DESK_KEY={before['DESK_KEY']}", "DESK_KEY=chosen by hand")
    text = re.sub(r"(?m)^NATS_PASSWORD_WEB=.*\n", "", text) + "# a note\nTELEGRAM_BOT_TOKEN=1:x"
    env.write_text(text)
    (tmp_path / CONF).write_text("of an older topology")

    assert containers.init(tmp_path) == ["NATS_PASSWORD_WEB"]
    after = variables(tmp_path)
    assert {**after, "NATS_PASSWORD_WEB": ""} == {
        **before, "NATS_PASSWORD_WEB": "", "DESK_KEY": "chosen by hand", "TELEGRAM_BOT_TOKEN": "1:x",
    }  # fmt: skip
    assert env.read_text().startswith(text)
    assert after["NATS_PASSWORD_WEB"] in (tmp_path / CONF).read_text()
    assert containers.init(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {ENV, "nats"}


def test_the_configuration_is_one_that_nats_server_takes(tmp_path: Path) -> None:
    containers.init(tmp_path)
    server = Path(sysconfig.get_path("scripts")) / "nats-server"
    checked = subprocess.run([server, "-t", "-c", tmp_path / CONF], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "is valid" in checked.stdout + checked.stderr
