"""Secrets from outside: written in staging.toml, a variable, a file, what a program prints."""

import os
import stat
from pathlib import Path

from staging.clouds import process
from staging.errors import CommandFailed, ConfigurationError
from staging.operations.opening import Clouds, program_environment
from staging.secret import Secret
from staging.settings import SecretSource

LARGEST = 60_000  # bytes; flyctl drops a longer line and says nothing
PATIENCE = 60.0  # seconds for a program that may have to ask a vault


def read(clouds: Clouds, source: SecretSource) -> Secret | str:
    """The value now; empty where it is optional and not there."""
    if source.value is not None:
        return source.value
    if source.file:
        return _file(clouds.settings.root / source.file, source)
    if source.command:
        return _printed(clouds, source)
    return _variable(clouds, source)


def _variable(clouds: Clouds, source: SecretSource) -> Secret | str:
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


def _file(path: Path, source: SecretSource) -> Secret | str:
    told = f"The secret {source.name} cannot be read from its file {source.file}."
    try:
        # Not to wait for whoever writes, should it be a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError as error:
        if source.optional:
            return ""
        remedy = f"Make it with mode 0600, or correct secrets.{source.name} in staging.toml."
        raise ConfigurationError(told, detail=str(error), remedy=remedy) from None
    except (OSError, ValueError) as error:
        remedy = f"Let its owner be who runs this: chown, then chmod 600 {source.file}"
        raise ConfigurationError(told, detail=str(error), remedy=remedy) from None
    try:
        return _opened(descriptor, told, source.file or "")
    finally:
        os.close(descriptor)


def _opened(descriptor: int, told: str, name: str) -> Secret:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(told, detail="It is no ordinary file.")
    if found.st_mode & 0o077:
        mode = f"Its mode is {stat.S_IMODE(found.st_mode):04o}: others than you can open it."
        raise ConfigurationError(told, detail=mode, remedy=f"chmod 600 {name}")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return _decoded(file.read(LARGEST + 1), told)


def _printed(clouds: Clouds, source: SecretSource) -> Secret:
    """What its program prints, which is run once: two runs may print two values."""
    if (known := clouds.printed.get(source.name)) is not None:
        return known
    told = f"The secret {source.name} cannot be had from its command."
    program, *words = source.command
    root, env = clouds.settings.root, program_environment(clouds.environ)
    path = str(root / program) if "/" in program else program
    try:
        output = process.run(
            [path, *words], timeout=PATIENCE, env=env, cwd=root, secret_output=True
        )
    except CommandFailed as error:
        remedy = f"Run it by hand: secrets.{source.name} in staging.toml has its words."
        detail = "\n".join(filter(None, (error.problem, error.detail)))
        raise CommandFailed(told, detail=detail, remedy=remedy) from None
    found = clouds.printed[source.name] = _decoded(output.stdout.encode(), told)
    return found


def _decoded(raw: bytes, told: str) -> Secret:
    """The text without the newline at its end, or why it can be no secret."""
    if len(raw) > LARGEST:
        raise ConfigurationError(told, detail=f"It is over {LARGEST:,} bytes.")
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        # The error quotes the bytes, which are the secret's.
        raise ConfigurationError(told, detail=f"Byte {error.start} is no UTF-8.") from None
    if not text or "\ufffd" in text or "\0" in text:
        detail = "It is empty." if not text else "It holds what is no text."
        raise ConfigurationError(told, detail=detail)
    return Secret(text)
