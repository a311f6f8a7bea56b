"""The configuration of a nats-server: durable JetStream, and one user per role with the rights of the topology.

Who may reach the house from outside lives in an account of its own, into which nothing leads but what its role imports.
"""

import json
from collections.abc import Iterable, Mapping

from anlaufstelle_contracts.topology import ROLES, Role

HOUSE = "ANLAUFSTELLE"
"""The account of the services, which holds the streams."""


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

accounts {{
  {HOUSE} {{
    jetstream: enabled
    users: [
{"".join(_user(role, passwords[role.name]) for role in ROLES if not role.imports)}    ]
    exports: [
{"".join(_export(role, subject) for role in ROLES for _, subject in role.imports)}    ]
  }}
{"".join(_account(role, passwords[role.name]) for role in ROLES if role.imports)}}}
"""


def _export(role: Role, subject: str) -> str:
    return f"      {{ service: {json.dumps(subject)}, response_type: stream, accounts: [{json.dumps(role.name)}] }}\n"


def _account(role: Role, password: str) -> str:
    return f"""\
  {json.dumps(role.name)} {{
    users: [
{_user(role, password)}    ]
    imports: [
{"".join(_import(own, subject) for own, subject in role.imports)}    ]
  }}
"""


def _import(own: str, subject: str) -> str:
    return f"      {{ service: {{ account: {HOUSE}, subject: {json.dumps(subject)} }}, to: {json.dumps(own)} }}\n"


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
