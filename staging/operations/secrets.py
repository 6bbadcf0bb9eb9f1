"""The values of staging's secrets, from where staging.toml says."""

from dataclasses import dataclass

from staging.errors import ConfigurationError
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
    found = {source.name: _value(clouds, known, source) for source in clouds.settings.secrets}
    return {name: value for name, value in found.items() if value != ""}


def text(value: Secret | str) -> str:
    """The value itself, for comparison by digest."""
    return value.reveal() if isinstance(value, Secret) else value


def _value(clouds: Clouds, known: Known, source: SecretSource) -> Secret | str | None:
    if source.value is not None:
        return source.value
    if source.known:
        return {
            "database-url": known.database_url,
            "project-url": known.project_url,
            "publishable-key": known.publishable_key,
        }[source.known]
    variable = source.environment or ""
    found = clouds.environ.secret(variable)
    if found is None and source.optional:
        return ""
    if found is None:
        raise ConfigurationError(
            f"{variable} is not set, from which the secret {source.name} comes.",
            detail=f'staging.toml: secrets.{source.name} = {{ environment = "{variable}" }}',
            remedy=f"Export {variable}, or add `optional = true` to secrets.{source.name}.",
        )
    return found
