"""`deliver`, `inbox`, `outbox`: mail in, mail out, and what a person decides about them."""

from __future__ import annotations

import email
import email.policy

import pytest

from maildesk.store import ledger, mailboxes
from maildesk.store.ledger import TOO_LARGE, Delivery, pack
from tests.cli.conftest import NOW, CommandedDesk

MAIL = (
    b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nIt does not print.\r\n"
)
INBOX = {"id", "mailbox", "uid", "received_at", "from", "subject", "size", "verdict", "reason", "case"}
OUTBOX = {"id", "case", "to", "subject", "kind", "state", "attempts", "due_at", "reason"}


def quarantine(desk: CommandedDesk, raw: bytes = MAIL, reason: str = "unreadable", uid: int = 1) -> None:
    """A mail that could not be read, as the daemon leaves it."""
    identity = mailboxes.identity_of("127.0.0.1", "support", "INBOX")
    one = Delivery((1, uid), NOW, len(raw), pack(raw), "quarantined", reason, "too many parts")
    store = desk.open_store()
    try:
        store.write_now(lambda conn: mailboxes.start_mailbox(conn, identity, "support", NOW))
        store.write_now(lambda conn: ledger.receive(conn, identity, [one], NOW))
    finally:
        store.close_now()


# --- deliver --------------------------------------------------------------------------------------


def test_a_mail_from_a_pipe_is_stored_byte_for_byte(desk: CommandedDesk) -> None:
    assert desk.run("deliver", stdin=MAIL) == ""
    [row] = desk.json("inbox", "list", "--unfiled")
    assert set(row) == INBOX
    assert (row["mailbox"], row["size"], row["verdict"]) == ("support", len(MAIL), None)
    assert desk.try_("inbox", "show", "1", "--raw").stdout_bytes == MAIL


def test_a_mail_from_a_pipe_does_not_start_the_mailbox(desk: CommandedDesk) -> None:
    """What lies in the folder from before is asked about at the folder's own first start."""
    desk.run("deliver", stdin=MAIL)
    store = desk.open_store()
    try:
        identity = mailboxes.identity_of("127.0.0.1", "support", "INBOX")
        assert store.read_now(lambda conn: mailboxes.mailbox(conn, identity)) is None
    finally:
        store.close_now()


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        (["--mailbox", "nonsense"], MAIL, 75, "there is no mailbox 'nonsense'"),
        (["--nonsense"], MAIL, 75, "No such option"),
        ([], b"", 75, "there is no mail on standard input"),
        ([], b"Please call me.\n", 75, "is no mail: it has no header"),
        ([], b"Hello,\n\nNote: it burns.\n", 75, "is no mail: it has no header"),
        ([], MAIL + b"x" * 2**20, 69, "larger than limits.store_size"),
    ],
    ids=[
        "unknown mailbox",
        "unknown option",
        "no mail",
        "words alone",
        "words in a body",
        "too large",
    ],
)
def test_what_cannot_be_stored_stays_with_the_mail_server(
    desk: CommandedDesk, words: list[str], stdin: bytes, code: int, said: str
) -> None:
    desk.change("testing: true", "limits: {store_size: 1MiB, parse_size: 1MiB}")
    result = desk.try_("deliver", *words, stdin=stdin)
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert desk.json("inbox", "list") == []


@pytest.mark.parametrize("broken", ["desk: {}", "", None], ids=["wrong", "empty", "gone"])
def test_a_broken_configuration_returns_no_mail_to_its_author(
    desk: CommandedDesk, broken: str | None
) -> None:
    if broken is None:
        desk.config.unlink()
    else:
        desk.write(broken)
    assert desk.try_("deliver", stdin=MAIL).exit_code == 75


def test_a_broken_database_returns_no_mail_to_its_author(desk: CommandedDesk) -> None:
    (desk.folder / "desk.db").write_bytes(b"this is no database" * 100)
    result = desk.try_("deliver", stdin=MAIL)
    assert result.exit_code == 75
    assert result.stderr.startswith("maildesk: ")


def test_with_two_mailboxes_the_pipe_must_say_which(desk: CommandedDesk) -> None:
    other = "imap: {host: 127.0.0.1, port: 1, security: none, username: sales, password: x}"
    desk.change("smtp: {host", f"  - name: sales\n    address: sales@acme.example\n    {other}\nsmtp: {{host")
    result = desk.try_("deliver", stdin=MAIL)
    assert result.exit_code == 75
    assert "support, sales" in result.stderr
    desk.run("deliver", "--mailbox", "sales", stdin=MAIL)
    assert desk.json("inbox", "list")[0]["mailbox"] == "sales"


# --- the quarantine -------------------------------------------------------------------------------


def test_a_quarantined_mail_is_filed_again_on_request(desk: CommandedDesk) -> None:
    quarantine(desk)
    assert desk.run("inbox", "retry", "1") == "1 mail to be filed again\n"
    assert desk.json("inbox", "list")[0]["verdict"] is None
    assert "not filed yet" in desk.try_("inbox", "retry", "1").stderr


def test_all_of_the_quarantine_is_filed_again_but_what_cannot_be(desk: CommandedDesk) -> None:
    quarantine(desk, MAIL)
    quarantine(desk, MAIL + b"again", "filing-error", uid=2)
    quarantine(desk, b"Subject: Big\r\n\r\n", TOO_LARGE, uid=3)
    result = desk.try_("inbox", "retry", "--all", "--reason", "filing-error")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 mail to be filed again\n", "")
    result = desk.try_("inbox", "retry", "--all")
    assert (result.exit_code, result.stdout) == (0, "1 mail to be filed again\n")
    assert result.stderr.startswith("1 mail cannot be, and stay")
    assert [row["verdict"] for row in desk.json("inbox", "list")] == [None, None, "quarantined"]


@pytest.mark.parametrize("words", [(), ("--all", "3"), ("3", "--reason", "filing-error")], ids=" ".join)
def test_either_some_mails_are_named_or_all(desk: CommandedDesk, words: tuple[str, ...]) -> None:
    assert desk.try_("inbox", "retry", *words).exit_code == 2


def test_a_released_mail_is_a_case_that_shows_its_header_and_writes_to_nobody_outside(
    desk: CommandedDesk,
) -> None:
    quarantine(desk, b"From: x\x1b[2J@evil.example\r\nSubject: Help\r\n\r\nthe body\r\n")
    ref = desk.run("inbox", "release", "1", "--as", "ana@acme.example").split()[0]
    [row] = desk.json("inbox", "list")
    assert (row["verdict"], row["reason"], row["case"]) == ("opened", "released-by-operator", ref)
    case = desk.json("case", "show", ref)
    assert case["requester"] == ""
    text = case["mails"][0]["text"]
    assert "Subject: Help" in text
    assert "maildesk inbox show 1 --raw > mail.eml" in text
    assert "\x1b" not in text
    assert "the body" not in text
    assert {row["kind"] for row in desk.json("outbox", "list")} == {"opened-team"}
    assert "is not in quarantine" in desk.try_("inbox", "release", "1").stderr
    refused = desk.try_("case", "reply", ref, "Hello")
    assert refused.exit_code == 1
    assert "no customer whose address can be written to" in refused.stderr


def test_a_mail_that_was_too_large_can_be_released_but_not_tried_again(desk: CommandedDesk) -> None:
    quarantine(desk, b"Subject: Big\r\n\r\n", TOO_LARGE)
    assert "too large" in desk.try_("inbox", "retry", "1").stderr
    ref = desk.run("inbox", "release", "1").split()[0]
    assert "It is on the server" in desk.json("case", "show", ref)["mails"][0]["text"]


def test_one_mail_is_shown_with_what_is_known_of_it(desk: CommandedDesk) -> None:
    quarantine(desk)
    row = desk.json("inbox", "show", "1")
    assert set(row) > INBOX
    assert row["note"] == "too many parts"
    assert "too many parts" in desk.run("inbox", "show", "1")


RICH = (
    b"From: Bo <bo@client.example>\r\nSubject: <Help>\r\nContent-Type: text/html\r\n\r\n"
    b"<p onclick=bad()>It <b>does not</b> print.<img src='http://evil.example/'></p>\r\n"
)


def test_a_mail_is_printed_as_a_page_that_fetches_nothing(desk: CommandedDesk) -> None:
    quarantine(desk, RICH)
    page = desk.run("inbox", "show", "1", "--html")
    assert "<p>It <b>does not</b> print.</p>" in page
    assert "Content-Security-Policy" in page
    assert "evil.example" not in page


@pytest.mark.parametrize("form", ["--html", "--raw"])
def test_a_mail_is_saved_for_its_reader_alone_and_never_over_another_file(
    desk: CommandedDesk, form: str
) -> None:
    quarantine(desk, RICH)
    file = desk.folder / "mail.html"
    printed = desk.try_("inbox", "show", "1", form).stdout_bytes
    assert desk.run("inbox", "show", "1", form, "--save", str(file)) == ""
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == printed
    assert "exists already" in desk.try_("inbox", "show", "1", form, "--save", str(file)).stderr
    target = desk.folder / "target"
    (desk.folder / "link").symlink_to(target)
    assert desk.try_("inbox", "show", "1", form, "--save", str(desk.folder / "link")).exit_code == 1
    assert not target.exists()


@pytest.mark.parametrize("words", [["--html", "--raw"], ["--html", "--json"], ["--save", "x"]])
def test_one_form_at_a_time_is_printed_or_saved(desk: CommandedDesk, words: list[str]) -> None:
    assert desk.try_("inbox", "show", "1", *words).exit_code == 2


# --- the outbox -----------------------------------------------------------------------------------


def test_letters_are_listed_shown_and_printed_as_they_go_out(desk: CommandedDesk) -> None:
    ref = desk.new("Help", "--ack")
    desk.run("case", "reply", ref, "Please try again. Grüße")
    rows = desk.json("outbox", "list", "--case", ref)
    assert {frozenset(row) for row in rows} == {frozenset(OUTBOX)}
    answer = str(next(row["id"] for row in rows if row["kind"] == "answer"))
    assert desk.json("outbox", "show", answer)["to"] == "bo@client.example"
    shown = desk.run("outbox", "show", answer)
    assert "Please try again. Grüße" in shown
    assert "MIME-Version" not in shown
    raw = desk.try_("outbox", "show", answer, "--raw").stdout_bytes
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert letter["To"] == "bo@client.example"
    assert letter["Auto-Submitted"] is None


def test_a_letter_is_dropped_and_then_lets_nothing_more_be_done(desk: CommandedDesk) -> None:
    desk.new("Help", "--ack")
    assert desk.run("outbox", "drop", "1", "1") == "1 letter dropped\n"
    assert desk.json("outbox", "list", "--state", "dropped")[0]["id"] == 1
    assert "was dropped" in desk.try_("outbox", "retry", "1").stderr


def test_held_letters_go_when_a_person_says_so(desk: CommandedDesk) -> None:
    desk.change("testing: true", "testing: true\nlimits: {acks_per_hour: 0}")
    desk.new("Help", "--ack")
    assert [row["kind"] for row in desk.json("outbox", "list", "--state", "held")] == ["acknowledgement"]
    assert desk.run("outbox", "retry", "--held") == "1 letter to be tried again\n"
    assert desk.json("outbox", "list", "--state", "held") == []
