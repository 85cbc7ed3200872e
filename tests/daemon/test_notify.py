"""What systemd hears, read from a real datagram socket."""

from __future__ import annotations

import logging
import os
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maildesk.daemon.notify import Notifier


@pytest.fixture(params=["a path", "an abstract name"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The value of NOTIFY_SOCKET, and the socket behind it."""
    name = f"{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(120)
        abstract = request.param == "an abstract name"
        listening.bind("\0" + name if abstract else name)
        yield ("@" + name if abstract else name), listening


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (lambda notifier: notifier.ready("watching 2 mailboxes"), "READY=1\nSTATUS=watching 2 mailboxes"),
        (lambda notifier: notifier.alive(), "WATCHDOG=1"),
        (lambda notifier: notifier.status("one mailbox fails"), "STATUS=one mailbox fails"),
        (lambda notifier: notifier.stopping(), "STOPPING=1"),
    ],
    ids=["ready", "alive", "status", "stopping"],
)
def test_each_word_is_one_datagram(
    heard: tuple[str, socket.socket], say: Callable[[Notifier], None], words: str
) -> None:
    place, listening = heard
    say(Notifier({"NOTIFY_SOCKET": place}))
    assert listening.recv(4096).decode() == words


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000"}, 30.0),
        ({"NOTIFY_SOCKET": "/x"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "often"}, None),
        ({"WATCHDOG_USEC": "60000000"}, None),
    ],
    ids=["twice as often as asked", "no watchdog", "not a number", "nobody listens"],
)
def test_signs_of_life_come_twice_as_often_as_the_watchdog_asks(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert Notifier(environ).interval == seconds


def test_without_systemd_there_is_silence(
    heard: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is sent, to the listener of this very process neither, and nothing is complained of."""
    place, listening = heard
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    notifier = Notifier({})
    notifier.ready("watching")
    notifier.alive()
    notifier.status("one mailbox fails")
    notifier.stopping()
    listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        listening.recv(4096)
    assert caplog.records == []


def test_a_listener_that_went_away_ends_nothing_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        Notifier({"NOTIFY_SOCKET": f"{tmp_path}/gone"}).alive()
    assert "systemd not told" in caplog.text


def test_a_listener_that_does_not_read_never_holds_us_up(
    heard: tuple[str, socket.socket], caplog: pytest.LogCaptureFixture
) -> None:
    place, _ = heard
    notifier = Notifier({"NOTIFY_SOCKET": place})
    with caplog.at_level(logging.WARNING):
        for _ in range(5000):
            notifier.alive()
    assert "systemd not told" in caplog.text


def test_a_process_with_too_many_files_goes_on_unheard(
    heard: tuple[str, socket.socket], caplog: pytest.LogCaptureFixture
) -> None:
    place, _ = heard
    free = os.dup(0)
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        Notifier({"NOTIFY_SOCKET": place}).alive()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "systemd not told" in caplog.text
