"""The values of staging's secrets, from where staging.toml says."""

from dataclasses import dataclass

from staging.operations import generated, sources
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.secret import Secret
from staging.settings import SecretSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What provisioning itself knows; None until the project is there."""

    database_url: Secret | None
    project_url: str | None
    publishable_key: Secret | None


def values(clouds: Clouds, known: Known) -> dict[str, Secret | str | None]:
    """Each secret's value: plain text where staging.toml shows it, None where it comes later."""
    found = {source.name: value(clouds, known, source) for source in clouds.settings.secrets}
    return {name: value for name, value in found.items() if value != ""}


def text(value: Secret | str) -> str:
    """The value itself, for comparison by digest."""
    return value.reveal() if isinstance(value, Secret) else value


def value(clouds: Clouds, known: Known, source: SecretSource) -> Secret | str | None:
    """One secret's value; None where it comes later, empty where an optional one has none."""
    if source.known:
        return {
            "database-url": known.database_url,
            "project-url": known.project_url,
            "publishable-key": known.publishable_key,
        }[source.known]
    if source.generated:
        return generated.value(Credentials(clouds.settings, clouds.environ), source.name)
    return sources.read(clouds, source)
