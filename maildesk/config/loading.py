"""A configuration file read into settings, or into all that is wrong with it. No secret is looked up."""

from __future__ import annotations

from pathlib import Path

from maildesk.config.checks import LAWS
from maildesk.config.settings import Settings
from maildesk.config.validating import validated
from maildesk.config.yaml_file import read_yaml


def load(path: Path) -> Settings:
    """Read a configuration file; raises ConfigError with every problem it has."""
    return validated(read_yaml(path), Settings, LAWS).read_from(path)
