"""What staging.toml says of the application, as the variables that smoke reads."""

import json
import os

from staging.secret import Secret
from staging.settings.records import Settings


def variables(settings: Settings) -> dict[str, Secret | str]:
    """Those that are set, and that nobody has exported otherwise."""
    found = {
        "SMOKE_CRAWL_DOMAIN": settings.crawl_domain,
        "SMOKE_SERVICE": settings.smoke_service,
        "SMOKE_ONLY": ", ".join(settings.smoke_only),
        "SMOKE_CHECKS": str(settings.root / settings.smoke_checks) if settings.smoke_checks else "",
        "SMOKE_ALLOWED": json.dumps([dict(each) for each in settings.smoke_allowed]),
    }
    return {k: text for k, text in found.items() if text and not os.environ.get(k)}
