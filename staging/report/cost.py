"""A month's bill as text for a person."""

from staging.operations.cost import Costs
from staging.report.lines import table, text


@text.register
def _(result: Costs) -> str:
    rows = [
        (line.environment, line.resource, _usd(line.monthly_usd), line.how) for line in result.lines
    ]
    low, high = result.estimate_usd
    lines = [f"Target {result.target}, USD a month, prices of {result.prices_of}", *table(rows)]
    lines.append(f"Production {_usd(result.production_usd)}, staging {_usd(result.staging_usd)}.")
    lines.append(f"Together with what is paid once: {_usd(result.together_usd)}.")
    lines.append(f"The plan's own estimate for staging: {low:g} to {high:g}.")
    lines += [f"Why they differ: {reason}." for reason in result.reasons]
    lines.append(
        f"One verification in an environment made for it: {_usd(result.verification_usd, 4)} "
        "(ten minutes of its machines, one hour of its database; hours are billed in full)."
    )
    lines += [f"Warning: {warning}." for warning in result.warnings]
    if result.over:
        lines.append(f"Over the budget of {_usd(result.budget_usd)} by {_usd(result.over)}.")
    return "\n".join(lines)


def _usd(amount: float | None, places: int = 2) -> str:
    return "not known" if amount is None else f"{amount:.{places}f}"
