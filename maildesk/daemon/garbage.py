"""Rare looks for cycles among the values of a process that makes many which stay, or reads mails."""

from __future__ import annotations

import gc

YOUNG = 50_000
"""New values after which it looks; a single mail makes and drops thousands, and no cycle among them."""


def collect_seldom() -> None:
    """For this process from now on. Python's own 700 cost a twentieth of all time."""
    gc.set_threshold(YOUNG)
