"""One verdict of several reports. Pure."""

from collections.abc import Mapping

from staging.rules.verification import Verdict

PASS, FAIL, INVALID = "pass", "fail", "invalid"


def verdict(found: Mapping[str, str]) -> Verdict:
    """Fail if one failed; pass if each of them passed; else there is not enough evidence."""
    told = set(found.values())
    if FAIL in told:
        return "fail"
    return "pass" if told == {PASS} else "invalid"
