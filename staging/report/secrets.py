"""Secrets as text for a person: their names, never a value."""

from staging.operations.listing import Listed, Listing
from staging.operations.rotation import Rotated
from staging.report.lines import table, text


@text.register
def _(result: Listing) -> str:
    rows = [("secret", "Fly", "source", "needed by"), *map(_row, result.secrets)]
    lines = [f"Target {result.target}, app {result.app}", *table(rows)]
    lines += [f"{s.name}: {s.note}" for s in result.secrets if s.note]
    told = {"other": "another value than production's", "missing": "production has none"}
    lines += [f"{s.name}: {told[s.production]}." for s in result.secrets if s.production in told]
    if result.undeclared:
        lines.append(f"Only Fly has, not staging.toml: {', '.join(result.undeclared)}")
    return "\n".join(lines)


def _row(secret: Listed) -> tuple[str, ...]:
    return (secret.name, secret.state, secret.source, secret.needed_by or "-")


@text.register
def _(result: Rotated) -> str:
    if not result.changed:
        return (
            f"Nothing new to set: the value of {result.name} ({result.source}) is what Fly holds "
            f"and every machine has."
        )
    lines = [f"Rotated {result.name} of {result.app} in {result.seconds:.1f} s."]
    lines += [f"Changed in {change}." for change in result.changed]
    lines += [f"Seen: {proof}." for proof in result.seen]
    if result.window_seconds is not None:
        lines.append(
            f"For {result.window_seconds:.1f} s at most the application could open no new "
            "connection; those that were open worked on."
        )
    return "\n".join(lines)
