"""The command line: one file per command.

Exit codes: 0 done, 1 done and something was found wrong (`doctor` FAIL, `score --strict` with
unscored rollouts, a finding of `lint`, a bench goal missed), 2 the call or its input is wrong, 3
the service could not, 130 interrupted (a later call resumes).
"""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from verifier.cli import bench, doctor, lint, openapi, run, score, serve, spec, worker
from verifier.errors import CallerError, VerifierError

__all__ = ["app", "main"]

EXIT_CALLER = 2
EXIT_SERVICE = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="verifier",
    help="Rewards that a GRPO trainer can trust: score rollouts by HTTP, queue or file.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("run")(run.run)
app.command("score")(score.score)
app.command("lint")(lint.lint)
app.add_typer(spec.app, name="spec")
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.command("openapi")(openapi.openapi)


def main() -> None:
    """Run the command line; errors are one sentence and an exit code, never a traceback."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        app()
    except VerifierError as error:
        console.print(f"[red]error:[/] {_escaped(error.detail)}")
        for row in error.errors:
            console.print(f"  {_escaped(row['field'])}: {_escaped(row['message'])}")
        console.print(f"[dim]{_escaped(error.advice)}[/]")
        sys.exit(EXIT_CALLER if isinstance(error, CallerError) else EXIT_SERVICE)
    except ValidationError as error:
        console.print("[red]error:[/] a setting is wrong")
        for fault in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in fault["loc"])
            setting = f"VERIFIER_{name.upper()}: " if name else ""
            console.print(f"  {_escaped(setting + fault['msg'])}")
        sys.exit(EXIT_CALLER)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
