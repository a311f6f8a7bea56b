"""The configuration of a nats-server: durable JetStream, and one user per role with the rights of the topology."""

import json
from collections.abc import Iterable, Mapping

from anlaufstelle_contracts.topology import ROLES, Role


def nats_config(
    passwords: Mapping[str, str], *, store_dir: str, host: str, port: int, monitor_host: str, monitor_port: int,
    server_name: str = "anlaufstelle",
) -> str:  # fmt: skip
    """The text of a nats.conf. Every role needs a password; a missing one raises KeyError."""
    return f"""\
# Generated from the topology of the contracts; see deploy/nats_config.py.
server_name: {json.dumps(server_name)}
listen: {json.dumps(f"{host}:{port}")}
http: {json.dumps(f"{monitor_host}:{monitor_port}")}

jetstream {{
  store_dir: {json.dumps(store_dir)}
  # Flush before acknowledging: an accepted message survives a crash of the machine.
  sync_interval: always
}}

authorization {{
  users: [
{"".join(_user(role, passwords[role.name]) for role in ROLES)}  ]
}}
"""


def _user(role: Role, password: str) -> str:
    return f"""\
    {{
      user: {json.dumps(role.name)}, password: {json.dumps(password)}
      permissions: {{
        publish: {_list(role.publish)}
        subscribe: {_list(role.subscribe)}
      }}
    }}
"""


def _list(subjects: Iterable[str]) -> str:
    return "[" + ", ".join(json.dumps(subject) for subject in subjects) + "]"
