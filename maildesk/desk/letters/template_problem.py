"""The problem with a file of the operator's letters, as every reader of these files says it."""

from __future__ import annotations

from typing import Final

from maildesk.errors import PermanentError

PREFIX: Final = "templates/"
"""The folder where operators find the files that errors name."""


class TemplateProblem(PermanentError):
    """A template that cannot be used; the message names file and line."""
