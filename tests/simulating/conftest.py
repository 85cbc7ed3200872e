"""Desks with a past, which simulations replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.world.past_desk import PastDesk


@pytest.fixture
def past_desk(tmp_path: Path) -> Iterator[Callable[..., PastDesk]]:
    """Makes desks, each of the policy that is asked for."""
    made: list[PastDesk] = []

    def make(policy: str = "default", **changed: Any) -> PastDesk:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(PastDesk(folder, policy, **changed))
        return made[-1]

    yield make
    for each in made:
        each.close()
