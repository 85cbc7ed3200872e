"""A key that is rotated while a desk begins, or begins again, is the one it signs with."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.daemon.key_watch import KeyWatch
from maildesk.daemon.parts import office_of
from tests.cli.conftest import CommandedDesk, make_desk

ENVIRON = {"IMAP_PASSWORD": "secret"}


@pytest.fixture
def desk(tmp_path: Path) -> CommandedDesk:
    return make_desk(tmp_path)


def test_a_key_that_was_rotated_since_it_was_read_is_taken_up(desk: CommandedDesk) -> None:
    """Between reading files and beginning with them lies the end of what is under way."""
    settings = load(desk.config)
    writer = office_of(settings, ENVIRON).writer
    desk.run("secret", "rotate")
    rotated = office_of(settings, ENVIRON).keys.current
    watch = KeyWatch(settings, ENVIRON, writer)
    watch.look()
    assert writer.keys.current == rotated


def test_keys_that_are_as_they_were_are_not_spoken_of(
    desk: CommandedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "maildesk")
    settings = load(desk.config)
    watch = KeyWatch(settings, ENVIRON, office_of(settings, ENVIRON).writer)
    watch.look()
    assert caplog.messages == []
    desk.run("secret", "rotate")
    watch.look()
    watch.look()
    assert [line.partition(" keys=")[0] for line in caplog.messages] == ["secret keys taken up"]
