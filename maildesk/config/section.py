"""The law of all parts of our files."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """The law of all parts of the configuration: nothing unknown passes, nothing changes later.

    They are built where they are read, so that none is built once for itself and again for what holds it.
    """

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, hide_input_in_errors=True)
