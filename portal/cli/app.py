"""The command `tanzhang`: which commands there are, and how a run ends.

What belongs here: the list of commands, the options that all share, exit codes. What does not:
the work of a command, which stands in the module of its group and is imported when it is called,
so that `tanzhang --help` answers at once.

Exit codes: 0 good, 1 the data has faults, 2 wrong use, 3 our fault.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from factors import messages
from factors.errors import TanzhangError
from portal.cli import (
    books,
    comparing,
    dual_control,
    entries,
    finance,
    home,
    inventory,
    market,
    month,
    policy,
    quality,
    register,
    registry,
    rules,
)
from portal.cli import factors as factor_commands
from portal.cli import sealing as sealing_commands
from portal.cli.door import Door

OUR_FAULT = 3

app = typer.Typer(
    name="tanzhang",
    help="碳账：城市碳与绿色金融核算引擎 / carbon and green-finance accounting for a city",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    home_path: Annotated[
        Path | None,
        typer.Option(
            "--home", help="账本目录，默认 ./tanzhang-home / home folder", show_default=False
        ),
    ] = None,
    person: Annotated[
        str, typer.Option("--as", help="以何人名义操作 / the person who acts", show_default=False)
    ] = "",
    lang: Annotated[
        str, typer.Option("--lang", help="zh 或 en / language of messages", show_default=False)
    ] = "",
) -> None:
    """The options that stand before a command."""
    if lang not in ("", "zh", "en"):
        raise typer.BadParameter("zh, en", param_hint="--lang")
    context.obj = Door(home_path, person, lang)


for command in (
    home.init,
    home.settings,
    home.template,
    month.demo,
    month.run,
    month.check,
    month.ingest,
    month.post,
    month.close,
    month.reopen,
    quality.accrue,
    entries.reverse,
    entries.restate,
    books.statement,
    books.bulletin,
    sealing_commands.seal,
    sealing_commands.unseal,
    sealing_commands.approve,
    sealing_commands.refuse,
    comparing.compare,
    entries.explain,
    books.verify,
    books.publish,
    home.dev,
):
    app.command()(command)
app.command("requests")(sealing_commands.list_requests)
app.add_typer(register.group, name="register")
app.add_typer(registry.group, name="registry")
app.add_typer(market.group, name="market")
app.add_typer(factor_commands.group, name="factors")
app.add_typer(rules.group, name="rules")
app.add_typer(inventory.group, name="inventory")
app.add_typer(policy.group, name="policy")
app.add_typer(quality.group, name="quality")
app.add_typer(dual_control.group, name="dual-control")
app.add_typer(finance.group, name="finance")


def main() -> None:
    """Run the command line; an error of ours ends with its own words and code."""
    try:
        app(prog_name="tanzhang")
    except TanzhangError as error:
        _end(error.text(_asked_language()), error.exit_code)
    except KeyboardInterrupt:
        _end("", 130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        # A fault of ours: the trace is what we need to mend it, the words are for the person.
        traceback.print_exc()
        facts = {"error": f"{type(error).__name__}: {error}"}
        _end(messages.text("door.our_fault", _asked_language(), facts), OUR_FAULT)


def _end(text: str, code: int) -> None:
    if text:
        sys.stderr.write(text + "\n")
    sys.exit(code)


def _asked_language() -> str:
    """The language of an error message: what `--lang` says, else the machine's setting."""
    words = sys.argv
    if "--lang" in words[:-1]:
        return words[words.index("--lang") + 1]
    try:
        from warehouse.settings import Settings, choose_home

        given = words[words.index("--home") + 1] if "--home" in words[:-1] else None
        return Settings.load(choose_home(given)).language
    except TanzhangError:
        return "zh"
