"""The token of the user that the load is sent as."""

from loadtests.answers import inside, parsed, text_of
from loadtests.greenlets import Timeout
from loadtests.order import Credentials
from staging.errors import ConfigurationError, ServiceFailed
from staging.secret import Secret, redact

TIMEOUT = 10.0
REFUSALS = frozenset({400, 401, 403, 422})


def sign_in(credentials: Credentials) -> Secret:
    """A fresh bearer token by password."""
    url = f"{credentials.url}/auth/v1/token?grant_type=password"
    status, content = _ask(url, credentials)
    if token := text_of(inside(parsed(content), "access_token")):
        return Secret(token)
    said = redact(content.decode(errors="replace"), (credentials.key, credentials.password))
    detail = f"{url} answered {status}: {said[:200]}"
    if status in REFUSALS:
        remedy = "Check SMOKE_EMAIL, SMOKE_PASSWORD and SUPABASE_PUBLISHABLE_KEY."
        raise ConfigurationError("The sign-in was refused.", detail=detail, remedy=remedy)
    raise ServiceFailed("Nobody can sign in.", detail=detail)


def bearer(token: Secret | None) -> dict[str, str]:
    """The header that a token is sent in."""
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}


def _ask(url: str, credentials: Credentials) -> tuple[int, bytes]:
    import requests  # not at the top: before Locust has patched sockets it would not work at all

    try:
        # The second limit is for the whole; that of requests is for each read.
        with Timeout(TIMEOUT, requests.Timeout(f"no answer in {TIMEOUT:.0f} s")):
            answer = requests.post(
                url,
                json={"email": credentials.email, "password": credentials.password.reveal()},
                headers={"apikey": credentials.key.reveal()},
                timeout=TIMEOUT,
            )
            return answer.status_code, answer.content
    except (requests.RequestException, UnicodeError) as error:
        detail = redact(str(error), (credentials.key, credentials.password))[:300]
        remedy = "Check SUPABASE_URL and the network, then run this again."
        raise ServiceFailed("Nobody can sign in.", detail=detail, remedy=remedy) from None
