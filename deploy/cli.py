"""The command line: ./anlaufstelle up · status · say · …"""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from . import containers, control, develop, directory, examples, local
from .home import Home
from .problem import Problem
from .say import say as speak

if TYPE_CHECKING:
    from .operate import Operator

app = typer.Typer(name="anlaufstelle", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
provision = typer.Typer(no_args_is_help=True, help="Streams, consumers and buckets of the bus, as the topology has them.")
dead = typer.Typer(no_args_is_help=True, help="Messages that a service could not handle and put aside.")
new = typer.Typer(no_args_is_help=True, help="Begin something new.")
app.add_typer(provision, name="provision")
app.add_typer(new, name="new")
app.add_typer(dead, name="dead")
learned = typer.Typer(no_args_is_help=True, help="What coordinators decided, for the fitting of matching.")
app.add_typer(learned, name="examples")
deploy = typer.Typer(no_args_is_help=True, help="Anlaufstelle in containers (deploy/compose.yaml).")
app.add_typer(deploy, name="deploy")
console = Console()

PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@app.callback()
def anlaufstelle() -> None:
    """The place people turn to first: people say what they need and are pointed to help that exists."""


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready; it goes on running.")] = False,
) -> None:
    """Start everything on this machine and keep it running.

    ANLAUFSTELLE_PORT: port of the public page (8080). ANLAUFSTELLE_INTAKE_PORT: where webhooks of channels are passed to (any).
    """
    (local.up_detached if detach else local.up)(Home.here(), console)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
    """Show every process. Exit code 0 when all are ready."""
    raise typer.Exit(control.status(Home.here(), console, as_json))


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="Whose: a service, bus, store or supervisor; all when left out.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
) -> None:
    """Print the end of the logs."""
    control.logs(Home.here(), console, service, follow)


@app.command()
def down() -> None:
    """Stop everything."""
    control.down(Home.here(), console)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete all data, logs and secrets of this instance, after asking."""
    home = Home.here()
    control.refuse_when_running(home)
    if not yes:
        typer.confirm(f"Delete everything in {home.path}: people, needs, offers, logs, secrets?", abort=True)
    home.erase()
    console.print(f"{home.path} is empty. The next ./anlaufstelle up begins anew.", soft_wrap=True)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help='What the person says, e.g. "Шукаю курси німецької"; or the number of a choice.')],
    name: Annotated[str | None, typer.Option("--as", help="Who says it; your login name when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: decision, offers, text.")] = False,
) -> None:
    """Play a person who writes, and print the answer. Exit code 0 when there is one."""
    raise typer.Exit(0 if speak(Home.here(), console, text, name, as_json) else 1)


@app.command("import")
def import_offers(
    file: Annotated[Path, typer.Argument(help="Offers: JSON Lines (.jsonl), or HSDS 3.0 (.json).")],
    sample: Annotated[bool, typer.Option("--sample", help="Mark them as invented.")] = False,
) -> None:
    """Load offers of help into the directory. Exit code 0 when all could be read."""
    raise typer.Exit(0 if directory.load(console, file, sample) else 1)


@learned.command("export")
def export_examples(
    folder: Annotated[Path, typer.Argument(help="Where needs.jsonl, unmet.jsonl and cards.jsonl are to be written.")],
) -> None:
    """Write them in the format of data/corpus, for `python -m bench.fit.matching --examples FOLDER`. Redacted words, no ids."""
    examples.export(console, folder)


@app.command()
def replay(
    folder: Annotated[
        Path, typer.Argument(help="With needs.jsonl and offers.jsonl, as data/devset.", exists=True, file_okay=False)
    ],
    rate: Annotated[float, typer.Option(help="Messages a second.", min=0.1)] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Send labelled messages through an instance of its own by an emulated Telegram, and show what became of them."""
    from .replay import replay as run  # loads a service's code; no other command needs it

    run(folder, console, rate, as_json)


@app.command(context_settings=PASS_ON)
def evaluate(context: typer.Context) -> None:
    """Measure the shipped models on labelled messages: `evaluate data/devset`; --help shows more."""
    raise typer.Exit(develop.evaluate(context.args))


@app.command()
def history(
    file: Annotated[Path, typer.Argument(help="result.json of a Telegram Desktop export, as machine-readable JSON.")],
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Count what triage makes of what was said in groups. Nobody is written to, and no words are kept."""
    from .history import history as run  # loads a service's code

    run(file, console, as_json)


@app.command(context_settings=PASS_ON)
def bench(context: typer.Context) -> None:
    """Run a benchmark: `bench pipeline`; --help after its name shows what it measures."""
    raise typer.Exit(develop.bench(context.args))


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Run the test suite; all arguments go to pytest."""
    raise typer.Exit(develop.test(context.args))


@app.command()
def lint() -> None:
    """Run ruff, mypy and the laws of who may import whom."""
    raise typer.Exit(1 if develop.lint(console) else 0)


@app.command()
def lock() -> None:
    """Renew requirements.lock and requirements-dev.lock from the .in files."""
    develop.lock()


@new.command("channel")
def new_channel(
    name: Annotated[str, typer.Argument(help="Its id, e.g. sms: the name of its file, of its settings and of its routes.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="Write a package of its own there, instead of a channel of this repository.", file_okay=False),
    ] = None,
) -> None:
    """Write a channel that works, with a stand-in of its provider: it passes the conformance kit before you change it."""
    from .new import channel  # loads a service's code; no other command needs it

    channel(name, folder, console)


@provision.command()
def plan() -> None:
    """Show what `apply` would change."""
    asyncio.run(_operator().plan())


@provision.command()
def apply() -> None:
    """Make the bus as the topology has it."""
    asyncio.run(_operator().apply())


@provision.command()
def drift() -> None:
    """Like plan; exit code 1 when anything differs."""
    raise typer.Exit(1 if asyncio.run(_operator().plan()) else 0)


CauseId = Annotated[str, typer.Argument(metavar="ID", help="As `dead list` shows it.")]


@dead.command("list")
def dead_list() -> None:
    """Show every parked message with the reason."""
    asyncio.run(_operator().parked())


@dead.command("show")
def dead_show(message: CauseId) -> None:
    """Show one with its body."""
    asyncio.run(_operator().show(message))


@dead.command("replay")
def dead_replay(message: CauseId) -> None:
    """Give one back to the service that parked it."""
    asyncio.run(_operator().replay(message))


@dead.command("drop")
def dead_drop(message: CauseId) -> None:
    """Forget one."""
    asyncio.run(_operator().drop(message))


@deploy.command("init")
def deploy_init() -> None:
    """Make the secrets that are still missing (deploy/.env) and the configuration of the bus. Overwrites no secret."""
    made = containers.init()
    console.print(f"{len(made)} secrets made in deploy/.env, deploy/nats/nats.conf written.", highlight=False)


def main() -> None:
    """Run a command; what a person can mend is said in one line instead of a traceback."""
    try:
        app(prog_name="./anlaufstelle")
    except Problem as problem:
        print(f"Error: {problem}", file=sys.stderr)
        sys.exit(1)


def _operator() -> "Operator":
    from .operate import Operator  # loads the chassis, which the other commands need not wait for

    return Operator(console)


if __name__ == "__main__":
    main()
