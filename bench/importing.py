"""`python -m bench.importing`: what `maildesk import mbox` costs on the mail of a desk of many threads."""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bench.mails import address_of, words_of
from bench.measuring import cost_of
from tests.cli.conftest import make_desk

AIM_A_MINUTE = 10_000
"""Mails."""

HELP = "help@old.example"
BIG_EVERY, BIG_BYTES = 20, 100_000
_ENDS = datetime(2026, 11, 20, 9, tzinfo=UTC)
_TURNS = (1, 2, 2, 3, 4, 4, 5, 6)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--mails", type=int, default=20_000, help="how many; default 20000")
    return parser.parse_args(words)


def write_mbox(file: Path, count: int) -> None:
    """Threads of 1 to 6 mails of about 4 KB, the desk's turns too; every twentieth has 100 KB attached."""
    dice = random.Random(1)  # noqa: S311 - the same mails in every run
    with file.open("wb") as out:
        for raw in _mails(dice, count):
            out.write(b"From - Mon Nov 23 09:30:00 2026\n" + raw + b"\n")


def _mails(dice: random.Random, count: int) -> Iterator[bytes]:
    written = thread = 0
    while written < count:
        began = _ENDS - timedelta(minutes=20 * (count - written))
        above: list[str] = []
        for turn in range(min(dice.choice(_TURNS), count - written)):
            ident = f"<{thread}.{turn}@mail.example>"
            yield _mail(dice, thread, turn, began + timedelta(hours=turn), ident, above)
            above.append(ident)
            written += 1
        thread += 1


def _mail(dice: random.Random, thread: int, turn: int, at: datetime, ident: str, above: list[str]) -> bytes:
    customer = f"Customer {thread} <{address_of(thread)}>"
    sender, to = (customer, HELP) if turn % 2 == 0 else (HELP, customer)
    head = [
        f"Received: from mx.client.example by mx.old.example; {format_datetime(at)}",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {'Re: ' if above else ''}{words_of(dice, 5)} ({thread})",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {ident}",
        *([f"In-Reply-To: {above[-1]}", f"References: {' '.join(above)}"] if above else []),
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
    ]
    text = "\n".join(words_of(dice, 12) for _ in range(12))
    html = "".join(f"<p>{words_of(dice, 12)}</p>\n" for _ in range(30))
    parts = [f"Content-Type: text/plain\n\n{text}\n", f"Content-Type: text/html\n\n<html>{html}</html>\n"]
    body = "--a\n" + "--a\n".join(parts) + "--a--\n"
    mixed = ['Content-Type: multipart/alternative; boundary="a"\n\n' + body]
    if dice.randrange(BIG_EVERY) == 0:
        file = "\n".join(dice.randbytes(38).hex() for _ in range(BIG_BYTES // 77))
        mixed.append(f'Content-Type: application/octet-stream; name="log.bin"\n\n{file}\n')
    whole = "\n".join(head) + "\n\n--b\n" + "--b\n".join(mixed) + "--b--\n"
    return whole.encode()


def main(words: list[str] | None = None) -> int:
    """Missing the aim is told, but is no failure: machines differ."""
    given = arguments(words)
    print(f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        desk = make_desk(Path(name))
        file = desk.folder / "old.mbox"
        write_mbox(file, given.mails)
        print(f"{given.mails} mails, {file.stat().st_size / 2**20:.0f} MiB")
        program = ["env", "IMAP_PASSWORD=x", sys.executable, "-m", "maildesk", "-c", str(desk.config)]
        cost = cost_of([*program, "import", "mbox", str(file), "--desk", HELP], desk.folder)
        again = cost_of([*program, "import", "mbox", str(file), "--desk", HELP], desk.folder)
        print((desk.folder / "output.log").read_text(), end="")
    speed = given.mails / cost.wall * 60
    print(
        f"{cost.wall:.1f} s, {cost.cpu:.1f} s of CPU, {cost.cpu / given.mails * 1000:.2f} ms a mail, "
        f"peak {cost.peak_kib // 1024} MiB; once more, with all here: {again.wall:.1f} s"
    )
    print(f"{speed:.0f} mails a minute; aim: {AIM_A_MINUTE}; {'met' if speed >= AIM_A_MINUTE else 'missed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
