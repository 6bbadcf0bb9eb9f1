"""Invoke tasks of the local world."""

from invoke import Collection, Context, Exit, task

INTERRUPTED = 130


@task
def up(_: Context) -> None:
    """Start the rehearsal, the local world."""
    _run("up")


@task(help={"erase": "Delete its data too."})
def down(_: Context, erase: bool = False) -> None:
    """Stop the rehearsal and all it started."""
    _run("down", *(["--erase"] if erase else []))


@task(help={"json": "Print the result as one JSON document."})
def status(_: Context, json: bool = False) -> None:
    """Show what the rehearsal runs."""
    _run("status", *(["--json"] if json else []))


def _run(*words: str) -> None:
    from rehearsal.__main__ import main

    try:
        code = main(list(words))
    except KeyboardInterrupt:
        raise Exit("Interrupted.", code=INTERRUPTED) from None
    if code:
        raise Exit(code=code)


rehearsal = Collection("rehearsal", up=up, down=down, status=status)
