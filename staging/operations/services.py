"""Supabase's services set as production's are, as far as they may be."""

from staging.operations import planning
from staging.operations.observe import Observation
from staging.operations.project import the
from staging.rules.servicerows import body


def apply(seen: Observation) -> None:
    """Give staging's services what differs, read anew: the project may just have been made."""
    project = the(seen)
    seen.read_services()
    for each in planning.services(seen) or ():
        if (wanted := body(each)) is not None:
            seen.clouds.supabase.services().apply(project, each.name, wanted)
