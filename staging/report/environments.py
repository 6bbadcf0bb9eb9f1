"""What environments there are, and what was ended of them, as text for a person."""

from staging.operations.destroy import Destroyed
from staging.operations.environments import Environment, Environments
from staging.operations.prune import Pruned
from staging.report.lines import table, text

HEADS = ("ENVIRONMENT", "STATE", "AGE", "USD A MONTH", "EXPIRES")


@text.register
def _(result: Environments) -> str:
    lines = [f"Target {result.target}"]
    if not result.environments:
        return "\n".join([*lines, "There is no environment: run `invoke provision`."])
    lines += table([HEADS, *(_row(each) for each in result.environments)])
    total = "not known" if result.monthly_usd is None else f"{result.monthly_usd:.2f} USD"
    lines.append(f"Together a month: {total}.")
    if expired := [each.name for each in result.environments if each.expired]:
        lines.append(f"`invoke prune` would destroy {', '.join(expired)}.")
    return "\n".join(lines)


def _row(each: Environment) -> tuple[str, ...]:
    cost = "?" if each.monthly_usd is None else f"{each.monthly_usd:.2f}"
    until = each.expires_at or each.spared or ""
    told = f"expired {each.expires_at or 'by its age'}" if each.expired else until
    return each.name, each.state, _age(each.age_hours), cost, told


def _age(hours: float | None) -> str:
    if hours is None:
        return "?"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"


@text.register
def _(result: Pruned) -> str:
    lines = [f"Target {result.target}"]
    if result.dry_run:
        lines += [f"Would be destroyed: {name}" for name in result.expired]
    lines += [f"Destroyed: {name}" for name in result.destroyed]
    lines += [f"Failed: {each.name}: {each.reason}" for each in result.failed]
    lines += [f"Left: {each.name}: {each.reason}" for each in result.spared]
    return "\n".join(lines if result.expired else [*lines, "Nothing has expired."])


@text.register
def _(result: Destroyed) -> str:
    if not result.resources:
        return f"Target {result.target}: there was nothing to destroy of {result.environment}."
    lines = [f"Destroyed: {resource}" for resource in result.resources]
    return "\n".join([*lines, f"Read back: nothing of {result.environment} is left."])
