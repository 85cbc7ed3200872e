"""A configuration file read into settings, or into all that is wrong with it. No secret is looked up."""

from __future__ import annotations

from pathlib import Path

from maildesk.config.checks import LAWS
from maildesk.config.problems import ConfigError, Problem
from maildesk.config.settings import Settings
from maildesk.config.validating import validated
from maildesk.config.yaml_file import read_yaml


def load(path: Path) -> Settings:
    """Read a configuration file; raises ConfigError with every problem it has."""
    try:
        document = read_yaml(path)
    except ConfigError as error:
        raise _helped(path, error) from error
    return validated(document, Settings, LAWS).read_from(path)


def _helped(path: Path, error: ConfigError) -> ConfigError:
    """Say beside what the machine says of a file that cannot be opened what a person can do about it."""
    match error.__cause__:
        case FileNotFoundError() | NotADirectoryError():
            message, remedy = "there is no such configuration", NO_CONFIG
        case PermissionError():
            message, remedy = "you may not read it", _OTHERS
        case _:
            return error
    return ConfigError([Problem(str(path), 1, 1, "", message, remedy)])


NO_CONFIG = "begin a desk with `maildesk init DIR`, or say where its config.yaml is with -c FILE"
"""The ways out for who typed a command where there is no desk."""

_OTHERS = "type it as root, with sudo, or as a user of its group"
