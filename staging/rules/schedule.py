"""When machines run: "always", "weekdays 8-20", "daily 6-22", as a part of a month."""

import re

from staging.errors import ConfigurationError

DAYS = {"daily": 7, "weekdays": 5, "weekends": 2}
FORM = re.compile(r"(daily|weekdays|weekends) (\d{1,2})-(\d{1,2})")


def part_of_a_month(schedule: str) -> float:
    """The part of all hours in which machines run, by a week of seven days: 1 for "always"."""
    if schedule == "always":
        return 1.0
    found = FORM.fullmatch(schedule.strip())
    if found:
        first, last = int(found[2]), int(found[3])
        if 0 <= first < last <= 24:
            return DAYS[found[1]] * (last - first) / (7 * 24)
    raise ConfigurationError(
        f"{schedule!r} is no schedule.",
        detail='Expected "always", or days and hours such as "weekdays 8-20" or "daily 6-22".',
    )
