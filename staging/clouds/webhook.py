"""A post to whoever wants to be told: JSON, in time, straight there and nowhere else."""

from collections.abc import Mapping
from typing import Any

from staging.clouds.limits import limit
from staging.errors import ServiceFailed
from staging.secret import Secret, redact

PATIENCE = 5.0  # seconds


def post(url: Secret, body: Mapping[str, Any]) -> None:
    """Send it; ServiceFailed if it is not taken. No redirect is followed: it may lead anywhere.

    Proxies are for what is far away; what is meant for this computer stays on it.
    """
    import requests  # costs 0.2 s, so not at the top

    try:
        with requests.Session() as session:
            session.trust_env = not url.reveal().startswith("http://")
            answer = session.post(
                url.reveal(), json=body, timeout=limit(PATIENCE), allow_redirects=False
            )
    except (requests.RequestException, UnicodeError) as error:
        detail = redact(str(error), [url])[:200]
        raise ServiceFailed("The webhook got no answer.", detail=_pathless(detail, url)) from None
    if answer.status_code // 100 != 2:
        raise ServiceFailed(f"The webhook answered {answer.status_code}.")


def _pathless(text: str, url: Secret) -> str:
    """An error names the path alone, which is the secret part of most webhooks."""
    path = "/" + url.reveal().partition("://")[2].partition("/")[2]
    return redact(text, [Secret(path), Secret(path.partition("?")[0])])
