"""The files that come with maildesk: letters, policies, migrations, the example configuration."""

from __future__ import annotations

from pathlib import Path

import maildesk
from maildesk.errors import PermanentError

NAMES = ("templates", "policies", "migrations", "config.example.yaml")
"""The names at the top of the project; an installed maildesk carries it inside its package."""


def packaged(name: str) -> Path:
    """The folder or file of that name: inside the package when installed, beside it in a checkout."""
    package = Path(maildesk.__file__).resolve().parent
    for place in (package / "packaged", package.parent):
        if (place / name).exists():
            return place / name
    raise PermanentError(f"maildesk's own {name} is missing", remedy="install maildesk again")
