"""The pure half of the IMAP side: cutting the stream, reading answers, writing names, keeping deadlines."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    FolderMissing,
    LoginRefused,
    MaildeskError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport import imap_answers as answers
from maildesk.transport import imap_names as names
from maildesk.transport.imap_patience import Patience
from maildesk.transport.imap_refusals import goodbye, login_refused, refused
from maildesk.transport.imap_stream import LINE_MAX, PARTS_MAX, SEARCH_MAX, Answer, AnswerReader

# --- the stream -------------------------------------------------------------------------------------


def cut(*chunks: bytes, max_literal: int = 1 << 20) -> list[Answer]:
    reader = AnswerReader(max_literal)
    return [answer for chunk in chunks for answer in reader.feed(chunk)]


lines = st.sampled_from(
    [
        b"* OK hi",
        b"",
        b"* 1 FETCH (BODY[] {5}",
        b"{0}",
        b")",
        b"+ go {3}",
        b"A1 OK {9}",
        b"{2}\r",
        b"* 3 EXISTS",
    ]
)
streams = st.lists(st.one_of(st.binary(max_size=12), lines.map(lambda line: line + b"\r\n"))).map(b"".join)


@given(streams, st.data())
def test_the_answers_do_not_depend_on_how_the_bytes_are_cut(stream: bytes, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    bounds = [0, *places, len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(bounds)]
    assert cut(*chunks) == cut(stream) == cut(*(bytes([byte]) for byte in stream))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5))
def test_no_mail_can_speak_for_the_server(mails: list[bytes]) -> None:
    wire = b"".join(b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\n" % (len(mail), mail) for mail in mails)
    got = cut(wire + b"A1 OK done\r\n")
    assert [answer[1] for answer in got[:-1]] == mails
    assert got[-1] == (b"A1 OK done",)


@pytest.mark.parametrize(
    "line",
    [b"* OK see {5}", b"* NO no folder {12}", b"* BYE {1}", b"A1 NO no folder x {5}", b"+ go on {3}"],
)
def test_words_for_people_never_announce_a_literal(line: bytes) -> None:
    assert cut(line + b"\r\n* 1 EXISTS\r\n") == [(line,), (b"* 1 EXISTS",)]


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"* LIST " + b"x" * (LINE_MAX + 1), id="a line without end"),
        pytest.param(b"* SEARCH " + b"1 " * (SEARCH_MAX // 2), id="a search answer without end"),
        pytest.param(b"* 1 FETCH (BODY[] {2000001}\r\n" + b"x" * (1 << 20), id="a literal too large"),
        pytest.param(b"* 1 FETCH (BODY[] {" + b"9" * 5000 + b"}\r\n", id="a literal beyond all numbers"),
        pytest.param(b"* 1 FETCH (" + b"BODY[] {0}\r\n" * PARTS_MAX, id="an answer in too many parts"),
    ],
)
def test_a_server_without_measure_is_left(stream: bytes) -> None:
    with pytest.raises(ConnectionLost):
        cut(stream, max_literal=900_000)


def test_a_search_answer_may_be_longer_than_other_lines() -> None:
    line = b"* SEARCH" + b" 1234567" * (2 * LINE_MAX // 8)
    assert cut(line + b"\r\n") == [(line,)]


def test_the_reader_knows_when_something_is_left_over() -> None:
    reader = AnswerReader()
    assert list(reader.feed(b"A1 OK begin TLS\r\n")) == [(b"A1 OK begin TLS",)]
    assert reader.pending == 0
    assert list(reader.feed(b"* CAP")) == []
    assert reader.pending == 5


# --- answers ----------------------------------------------------------------------------------------


def test_the_items_of_a_message_come_in_any_order() -> None:
    answer = (b'* 7 fetch (X-GM-LABELS ("a)" ("b")) body[] {3}', b"(x)", rb" Flags (\Seen $A) uid 5 X NIL)")
    assert answers.items_of(answer) == {
        b"X-GM-LABELS": [b"a)", [b"b"]],
        b"BODY[]": b"(x)",
        b"FLAGS": [b"\\Seen", b"$A"],
        b"UID": b"5",
        b"X": None,
    }


def test_the_usual_answer_and_the_same_in_another_order_say_the_same() -> None:
    date = b'INTERNALDATE " 5-Jan-2026 10:00:00 +0000"'
    usual = (rb"* 1 FETCH (UID 7 FLAGS (\Seen $A) " + date + b" RFC822.SIZE 5 BODY[] {2}", b"(x", b")")
    other = (rb"* 1 FETCH (FLAGS (\Seen $A) UID 7 RFC822.SIZE 5 " + date + b" BODY[] {2}", b"(x", b")")
    assert answers.items_of(usual) == answers.items_of(other)
    assert answers.items_of(usual)[b"FLAGS"] == [b"\\Seen", b"$A"]


@pytest.mark.parametrize("line", [b"* 1 FETCH", b"* 1 FETCH ()", b"* 1 FETCH (UID)", b"* 1 FETCH )(", b"* 1"])
def test_a_message_without_items_has_none(line: bytes) -> None:
    assert answers.items_of((line,)) == {}


def test_strings_are_freed_of_their_quotes() -> None:
    assert answers.values_of((rb'* X "a \"b\" \\" NIL "NIL" ""',))[2:] == [
        rb'a "b" \\'[:-1],
        None,
        b"NIL",
        b"",
    ]


def test_a_quote_without_an_end_costs_one_pass() -> None:
    hostile = b'* X "' + b'\\"' * 400_000
    assert len(answers.values_of((hostile,))) == 3


def test_an_answer_nested_without_measure_is_refused() -> None:
    with pytest.raises(ConnectionLost):
        answers.values_of((b"* X " + b"(" * 100_000,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 5-Jan-2026 10:00:00 +0130", datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
        (b"5-jan-2026 10:00:00 +0000", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        (b"05-Jan-2026 10:00:00 -0030", datetime(2026, 1, 5, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_utc(text: bytes, expected: datetime) -> None:
    assert answers.internal_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"30-Feb-2026 10:00:00 +0000",
        b"05-Foo-2026 10:00:00 +0000",
        b"01-Jan-0001 00:00:00 +1400",
        b"",
        None,
        b"x" * 99,
    ],
)
def test_a_date_that_cannot_be_is_1970(text: bytes | None) -> None:
    assert answers.internal_date(text) == datetime(1970, 1, 1, tzinfo=UTC)


@given(st.binary(max_size=40))
def test_no_date_breaks_the_reading(text: bytes) -> None:
    assert answers.internal_date(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("given_lines", "expected"),
    [
        ([b"* SEARCH"], []),
        ([], []),
        ([b"* SEARCH 5 1 3"], [1, 3, 5]),
        ([b"* SEARCH 1 2", b"* search 2 3 (MODSEQ 917)"], [1, 2, 3]),
        ([b'* ESEARCH (TAG "A1") UID ALL 1:3,7'], [1, 2, 3, 7]),
        ([b'* ESEARCH (TAG "A1") UID'], []),
        ([b'* ESEARCH (TAG "A1") UID COUNT 2 ALL 9,4'], [4, 9]),
        ([b"* SEARCH 0 4294967296 x 7"], [7]),
    ],
)
def test_uids_come_ascending_from_every_form_of_search(given_lines: list[bytes], expected: list[int]) -> None:
    assert answers.searched([(line,) for line in given_lines]) == expected


def test_a_folder_of_four_billion_messages_is_not_believed() -> None:
    with pytest.raises(ConnectionLost):
        answers.searched([(b'* ESEARCH (TAG "A1") UID ALL 1:4294967295',)])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((rb'* LIST (\HasNoChildren) "/" INBOX',), answers.FolderEntry("INBOX", "/", True)),
        ((rb'* LIST (\NonExistent) "." "a.b"',), answers.FolderEntry("a.b", ".", False)),
        ((rb"* LIST (\noselect) NIL x",), answers.FolderEntry("x", None, False)),
        ((rb'* LIST () "\\" {3}', b'a"b', b""), answers.FolderEntry('a"b', "\\", True)),
        ((rb'* LIST () "/" "Gel&APY-scht &- weg"',), answers.FolderEntry("Gelöscht & weg", "/", True)),
        ((rb'* LIST () "/"',), None),
    ],
)
def test_a_listed_folder_is_read(answer: Answer, expected: answers.FolderEntry | None) -> None:
    assert answers.folder_entry(answer) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'* NAMESPACE (("INBOX." ".")) NIL NIL', ("INBOX.", ".")),
        (b'* NAMESPACE (("" "/" "X-PARAM" ("a"))("#old/" "/")) NIL (("#shared/" "/"))', ("", "/")),
        (b'* NAMESPACE (("" NIL)) NIL NIL', ("", None)),
        (b"* NAMESPACE NIL NIL NIL", None),
    ],
)
def test_the_personal_namespace_is_found(line: bytes, expected: tuple[str, str | None] | None) -> None:
    assert answers.personal_prefix((line,)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'* QUOTA "User quota" (MESSAGE 3 9 STORAGE 10 512)', (10, 512)),
        (b'* QUOTA "" ()', None),
        (b'* QUOTA "" (STORAGE x y)', None),
    ],
)
def test_the_storage_quota_is_found(line: bytes, expected: tuple[int, int] | None) -> None:
    assert answers.storage_quota((line,)) == expected


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", '"INBOX"'),
        ("Erledigt & Mehr", '"Erledigt &- Mehr"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("Gelöscht", '"Gel&APY-scht"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),
        ("📬", '"&2D3c7A-"'),
        ("a\r\nA2 DELETE INBOX", '"a&AA0ACg-A2 DELETE INBOX"'),
    ],
)
def test_a_folder_name_is_sent_in_modified_utf7(name: str, wire: str) -> None:
    assert names.folder_to_wire(name) == wire


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_folder_name_comes_back_as_it_went(name: str) -> None:
    (value,) = answers.values_of((b"x " + names.folder_to_wire(name).encode("ascii"),))[1:]
    assert isinstance(value, bytes)
    assert names.folder_from_wire(value) == name


@pytest.mark.parametrize("name", [b"&", b"&AP", b"&A-", b"&!!!-", b"\xc3\xb6"])
def test_a_broken_folder_name_is_shown_somehow(name: bytes) -> None:
    assert names.folder_from_wire(name)


@pytest.mark.parametrize(
    ("uids", "expected"),
    [
        ([5], "5"),
        ([3, 1, 2, 7], "1:3,7"),
        ([1, 1, 2], "1:2"),
        ([10, 12], "10,12"),
        ([4294967295], "4294967295"),
    ],
)
def test_uids_are_sent_as_ranges(uids: list[int], expected: str) -> None:
    assert names.uid_set(uids) == expected


@given(st.sets(st.integers(1, 60), min_size=1))
def test_a_set_of_uids_means_just_those(uids: set[int]) -> None:
    assert set(answers.expanded(names.uid_set(uids).encode())) == uids


@pytest.mark.parametrize("uid", [0, -1, 2**32])
def test_what_is_no_uid_is_not_sent(uid: int) -> None:
    with pytest.raises(ValueError, match="not a UID"):
        names.uid_set([uid])


@pytest.mark.parametrize("keyword", ["", "a b", "a)", "\\Seen", "ü", 'a"', "x" * 65])
def test_what_is_no_keyword_is_not_sent(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        names.keyword_to_wire(keyword)


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"* OK [UIDVALIDITY 7] ok", ("OK", "UIDVALIDITY", b"7")),
        (b"* BYE", ("BYE", "", b"")),
        (b"BAD no, this is not OK", ("BAD", "", b"")),
        (b"no [tryCreate] OK", ("NO", "TRYCREATE", b"")),
        (b"OKAY", None),
        (b"* LIST () NIL OK", None),
    ],
)
def test_a_status_is_the_first_word_and_no_other(
    line: bytes, expected: tuple[str, str, bytes] | None
) -> None:
    found = answers.status_of(line)
    assert (found and (found.word, found.code, found.about)) == expected


def status(line: bytes) -> answers.Status:
    found = answers.status_of(line)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"NO [THROTTLED] slow down", ServerBusy),
        (b"NO [OVERQUOTA] account exceeded its bandwidth", ServerBusy),
        (b"NO [LIMIT] 100 commands", ServerBusy),
        (b"NO [INUSE] locked", ServerBusy),
        (b"NO [UNAVAILABLE] back end is away", ServerBusy),
        (b"NO Too many simultaneous connections. (Failure)", ServerBusy),
        (b"NO [TRYCREATE] no such folder", CommandRefused),
        (b"NO [NONEXISTENT] too many people deleted this folder", CommandRefused),
        (b"BAD what?", CommandRefused),
    ],
)
def test_a_refusal_says_whether_to_wait(line: bytes, kind: type[MaildeskError]) -> None:
    assert type(refused("MOVE", status(line))) is kind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"NO [AUTHENTICATIONFAILED] wrong", LoginRefused),
        (b"NO [AUTHENTICATIONFAILED] try again with an app password", LoginRefused),
        (b"NO LOGIN failed.", LoginRefused),
        (b"NO [UNAVAILABLE] Temporary authentication failure", ServerBusy),
        (b"NO Temporary failure, sorry", ServerBusy),
        (b"NO [PRIVACYREQUIRED] encrypt first", TlsRefused),
    ],
)
def test_a_refused_login_is_permanent_unless_the_server_says_otherwise(
    line: bytes, kind: type[MaildeskError]
) -> None:
    assert type(login_refused("support", status(line), ())) is kind


def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    words = b"NO " + b"x" * 190 + b" wrong password: hush-hush"
    assert "hush" not in str(login_refused("support", status(words), ("hush-hush",)))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"* BYE Too many connections", ServerBusy),
        (b"* BYE [UNAVAILABLE] later", ServerBusy),
        (b"* BYE Disconnected for inactivity.", ConnectionLost),
        (b"* BYE", ConnectionLost),
    ],
)
def test_a_goodbye_says_whether_to_wait(line: bytes, kind: type[MaildeskError]) -> None:
    assert type(goodbye(status(line))) is kind


@pytest.mark.parametrize(
    ("line", "away"),
    [
        (b"* BYE [UNAVAILABLE] later", True),
        (b"* BYE [SERVERBUG] internal error", True),
        (b"* BYE Too many connections", False),
        (b"* BYE [THROTTLED] slow down", False),
        (b"* BYE [LIMIT] unavailable to you for an hour", False),
    ],
)
def test_a_server_that_lacks_a_part_is_told_from_one_that_counts_what_we_ask(line: bytes, away: bool) -> None:
    problem = goodbye(status(line))
    assert isinstance(problem, ServerBusy)
    assert problem.away == away


def test_a_folder_that_cannot_be_opened_is_named() -> None:
    error = refused("cannot open folder 'X'", status(b"NO [NONEXISTENT] no"), FolderMissing, "check it")
    assert isinstance(error, FolderMissing)
    assert str(error) == "cannot open folder 'X': the server answered NO [NONEXISTENT] no (check it)"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (b"two\r\nlines\x1b[31m\x00", "two lines [31m"),
        (b"\xe2\x80\xaereversed", "reversed"),
        (b"a" * 500, "a" * 200),
        (b"\xff", "\ufffd"),
    ],
)
def test_the_words_of_a_server_are_safe_to_show(words: bytes, shown: str) -> None:
    assert answers.readable(words) == shown


# --- deadlines --------------------------------------------------------------------------------------


def patience() -> Patience:
    return Patience(100.0, allowance=60, silence=20, min_rate=10)


def test_silence_ends_a_command() -> None:
    assert patience().due() == 120


def test_every_byte_ends_the_silence() -> None:
    waiting = patience()
    waiting.heard(115, 1)
    assert waiting.due() == 135


def test_a_peer_that_drips_runs_out_of_time() -> None:
    waiting = patience()
    for second in range(101, 170):
        waiting.heard(second, 1)
    assert waiting.due() == pytest.approx(160 + 69 / 10)


def test_a_large_answer_has_the_time_it_needs() -> None:
    waiting = patience()
    waiting.heard(150, 1_000)
    waiting.heard(240, 1_000)
    assert waiting.due() == 260


def test_answers_nobody_asked_for_buy_no_time() -> None:
    waiting = patience()
    waiting.heard(155, 1_000)
    waiting.wasted(1_000)
    assert waiting.due() == 160


def test_the_time_we_do_not_read_is_not_the_servers() -> None:
    waiting = patience()
    waiting.heard(110, 5)
    waiting.pause(112)
    assert waiting.due() == math.inf
    waiting.resume(1112)
    assert waiting.due() == 1130
