"""staging.toml and the environment, checked once and frozen."""

from staging.settings.load import load
from staging.settings.records import SecretSource, Settings

__all__ = ["SecretSource", "Settings", "load"]
