"""Casework stands on a real database, with one case in it."""

from __future__ import annotations

from tests.world.one_case import store as store
