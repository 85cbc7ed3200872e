"""The mail of another desk: where mails begin in a file, which threads they make, what is told of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from maildesk.simulating.mbox import bytes_of, mails_in
from tests.simulating.test_simulating import PRODUCTIV, at, line, simulated
from tests.world.past_desk import PastDesk

pytestmark = pytest.mark.usefixtures("forked_readers")

MakeDesk = Callable[..., PastDesk]

HELP = "help@other.example"
BO = "bo@client.example"
AUTOMATIC = {"Auto_Submitted": "auto-replied"}


def found(text: bytes) -> list[bytes]:
    file = io.BytesIO(text)
    return [bytes_of(file, each) for each in list(mails_in(file))]


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"no mbox\n", [], id="no-mbox"),
        pytest.param(b"From a\nX: 1\n\nhi\n", [b"X: 1\n\nhi\n"], id="one"),
        pytest.param(
            b"From a\nX: 1\n\nhi\n\nFrom b\nX: 2\n\nho\n",
            [b"X: 1\n\nhi\n\n", b"X: 2\n\nho\n"],
            id="two",
        ),
        pytest.param(
            b"From a\r\nX: 1\r\n\r\nhi\r\n\r\nFrom b\r\nX: 2\r\n",
            [b"X: 1\r\n\r\nhi\r\n\r\n", b"X: 2\r\n"],
            id="crlf",
        ),
        pytest.param(b"From a\nX: 1\n\nhi\nFrom me\n", [b"X: 1\n\nhi\nFrom me\n"], id="no-empty-line"),
        pytest.param(b"From a\nX: 1\n\n>From me\n>>From\n", [b"X: 1\n\nFrom me\n>>From\n"], id="quoted"),
        pytest.param(
            b"From a\nX: 1\n\nHi\n\nFrom my point of view\nit burns.\n\nFrom b\nX: 2\n\nho\n",
            [b"X: 1\n\nHi\n\nFrom my point of view\nit burns.\n\n", b"X: 2\n\nho\n"],
            id="text-that-nobody-quoted",
        ),
        pytest.param(
            b"From a\nX: 1\n\nhi\n\nFrom b@x.example Mon Nov 23 09:30:00 2026\n\nno header\n\nFrom c\n",
            [b"X: 1\n\nhi\n\n", b"\nno header\n\n", b""],
            id="without-a-header",
        ),
        pytest.param(
            b"From a\nX: 1\n\n" + b"y" * (2**16) + b"From here\n",
            [b"X: 1\n\n" + b"y" * (2**16) + b"From here\n"],
            id="long-line",
        ),
    ],
)
def test_mails_begin_below_an_empty_line(text: bytes, mails: list[bytes]) -> None:
    assert found(text) == mails


def test_mails_are_found_while_whoever_takes_them_reads_elsewhere_in_the_file() -> None:
    mails = [b"X: %d\n\nhi\n\n" % number for number in range(5)]
    file = io.BytesIO(b"".join(b"From a\n" + each for each in mails))
    assert [bytes_of(file, each) for each in mails_in(file)] == mails


def a_mail(
    sender: str,
    text: str,
    day: int,
    hour: str,
    ident: str,
    answers: str = "",
    subject: str = "Printer",
    **more: str,
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, subject
    mail["To"] = BO if sender == HELP else HELP
    if "date" not in more:
        mail["Date"] = format_datetime(at(day, hour))
    mail["Message-ID"] = f"<{ident}>"
    if answers:
        mail["In-Reply-To"] = f"<{answers}>"
    for name, value in more.items():
        if name != "date":
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return b"From somebody\n" + mail.as_bytes() + b"\n"


def test_a_thread_is_a_case_and_the_other_desks_mail_an_answer(past_desk: MakeDesk) -> None:
    desk = past_desk()
    file = desk.folder / "old.mbox"
    file.write_bytes(
        b"".join(
            [
                a_mail(HELP, "Please try.", 5, "16:00", "2@other.example", "1@client.example"),
                a_mail(BO, "The portal is down.", 4, "10:00", "1@client.example", subject="Help"),
                a_mail(HELP, "Yes.", 4, "10:01", "r@other.example", "1@client.example", **AUTOMATIC),
                a_mail(BO, "Escalate, please.", 6, "10:00", "3@client.example", "2@other.example"),
                a_mail("cy@client.example", "How?", 6, "10:00", "4@client.example", subject="A question"),
                a_mail("cy@client.example", "How?", 6, "10:00", "4@client.example", subject="A question"),
                a_mail(HELP, "News for all", 6, "11:00", "5@other.example"),
                a_mail("cy@client.example", "When?", 6, "10:00", "6@client.example", date="none"),
            ]
        )
    )  # fmt: skip
    words = ["--mbox", str(file), "--desk", HELP]
    told = simulated(desk, PRODUCTIV, *words)
    assert told.startswith("2 cases opened between 4 November 2025 and 6 November 2025")
    assert line(told, "Urgent  ") == "Urgent 1 0 1 0 1@client.example 3h over"
    assert line(told, "Low  ") == "Low 1 0 0 1"
    assert line(told, "escalated: ") == "escalated: 1 case, the same as now"
    assert '1@client.example  Urgent ("Help"): answered Wed 5 Nov 16:00, due Wed 5 Nov 13:00' in told
    left = json.loads(simulated(desk, PRODUCTIV, *words, "--json"))["left_out"]
    assert left == [
        {"name": "mail 3", "why": "a program of the other desk wrote it"},
        {"name": "mail 8", "why": "it says no time"},
        {"name": "mail 7", "why": "no customer wrote in its thread"},
    ]


def test_what_is_too_large_is_counted_and_named(past_desk: MakeDesk, tmp_path: Path) -> None:
    desk = past_desk()
    config = desk.folder / "config.yaml"
    config.write_text(config.read_text() + "limits: {store_size: 1MiB, parse_size: 1MiB}\n")
    file = tmp_path / "large.mbox"
    large = a_mail(BO, "x" * 70 + "\n", 4, "10:00", "1@client.example") + b"y" * 2**21 + b"\n\n"
    file.write_bytes(large + a_mail(BO, "It hums.", 4, "11:00", "2@client.example"))
    told = simulated(desk, PRODUCTIV, "--mbox", str(file), "--desk", HELP, "--json")
    assert '"cases": 1' in told
    assert '"mail 1"' in told
    assert "larger than limits.store_size" in told


def test_a_file_that_is_no_mbox_is_refused(past_desk: MakeDesk) -> None:
    desk = past_desk()
    file = desk.folder / "notes.txt"
    file.write_text("Dear diary\n")
    refused = simulated(desk, PRODUCTIV, "--mbox", str(file), code=1)
    assert "notes.txt holds no mail: it is no mbox" in refused


def test_without_an_answer_of_the_other_desk_its_addresses_are_asked_for(past_desk: MakeDesk) -> None:
    desk = past_desk()
    file = desk.folder / "old.mbox"
    asked = a_mail(BO, "It hums.", 4, "10:00", "1@client.example")
    answered = a_mail(HELP, "Please try.", 4, "11:00", "2@other.example", "1@client.example")
    file.write_bytes(asked + answered)
    env = {"MAILDESK_NOW": desk.now.isoformat()}
    args = ["-c", str(desk.folder / "config.yaml"), "policy", "simulate", PRODUCTIV, "--mbox", str(file)]
    run = CliRunner(env=env).invoke(cli, args, catch_exceptions=False)
    assert run.exit_code == 0
    assert "name all its addresses, each as --desk ADDRESS" in run.stderr
    run = CliRunner(env=env).invoke(cli, [*args, "--desk", HELP], catch_exceptions=False)
    assert run.stderr == ""
