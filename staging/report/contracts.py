"""What was written for smoke, as text for a person."""

from staging.operations.contracts import Contracts
from staging.report.lines import text


@text.register
def _(result: Contracts) -> str:
    lines = [
        f"{result.folder}/endpoints.json: {len(result.endpoints)} endpoints",
        f"{result.folder}/contracts/: {len(result.contracts)} contracts",
    ]
    if result.unused:
        lines.append(f"Of no endpoint, and left as they are: {', '.join(result.unused)}.")
    lines.append("Next: read them, then nox -s smoke")
    return "\n".join(lines)
