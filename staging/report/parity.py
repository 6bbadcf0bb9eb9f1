"""Parity as text for a person."""

from staging.operations.parity import Parity
from staging.report.lines import table, text
from staging.rules.parity import Finding


@text.register
def _(result: Parity) -> str:
    marks = [(r, "x" if r.different else "=") for r in result.resources]
    rows = [(mark, r.resource, _counted(r.values, r.different)) for r, mark in marks]
    lines = [f"Target {result.target}", *(table(rows) if rows else [])]
    lines += [f"Not equal: {_told(finding)}" for finding in result.differences]
    lines += [f"Meant: {_told(finding)}" for finding in result.meant]
    lines += [f"Not read: {name}: {why}." for name, why in result.unread.items()]
    return "\n".join([*lines, _verdict(result)])


def _verdict(result: Parity) -> str:
    if not result.resources:
        return "There is no staging to compare: run `invoke provision`."
    values = sum(resource.values for resource in result.resources)
    if result.certificate:
        equal = f"{result.staging} equals {result.production} in {values} values"
        kept = f"certificate {result.certificate.sha256[:12]}"
        return f"{equal}; {kept} holds until {result.certificate.valid_until}."
    if result.differences:
        return f"{len(result.differences)} of {values} values compared are not as they should be."
    return "Not everything could be compared, so nothing is proved."


def _counted(values: int, different: int) -> str:
    count = f"{values} value{'s' if values != 1 else ''}"
    return f"{different} of {count} differ" if different else f"{count} equal"


def _told(finding: Finding) -> str:
    place = f"{finding.resource}: {finding.path}"
    if finding.production is None and finding.staging is None:
        return f"{place}: {finding.detail}"
    sides = (
        f"production {finding.production or 'has none'}, staging {finding.staging or 'has none'}"
    )
    return f"{place}: {sides}" + (f" ({finding.detail})" if finding.detail else "")
