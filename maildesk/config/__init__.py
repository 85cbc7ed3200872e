"""One YAML file becomes frozen settings; an error names file, line, key and remedy."""

from maildesk.config.building import (
    imap_account,
    keyring,
    people,
    policy,
    policy_path,
    smtp_account,
    smtp_section,
    store_url,
    template_folder,
    trust,
)
from maildesk.config.loading import load
from maildesk.config.problems import ConfigError, Problem
from maildesk.config.settings import Mailbox, Settings

__all__ = [
    "ConfigError",
    "Mailbox",
    "Problem",
    "Settings",
    "imap_account",
    "keyring",
    "load",
    "people",
    "policy",
    "policy_path",
    "smtp_account",
    "smtp_section",
    "store_url",
    "template_folder",
    "trust",
]
