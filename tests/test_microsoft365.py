"""The five minutes on the page about Microsoft 365 are those that real commands have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.microsoft365 import on_the_page, played

pytestmark = pytest.mark.dovecot


async def test_what_the_page_shows_is_what_is_said(tmp_path: Path) -> None:
    """Where it is not: python -m tests.microsoft365"""
    assert on_the_page() == await played(tmp_path)
