"""Case references, Message-IDs, reply addresses and tags: what we mint we read again, and nothing else."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.errors import BadInput
from maildesk.mail.identity.references import (
    Key,
    KeyRing,
    Separator,
    Token,
    as_given_by_relay,
    bare_subject,
    case_reference,
    ids_given_by_relay,
    letter_token,
    message_id,
    nonce_of,
    normal_reference,
    random_reference,
    read_letter_token,
    read_message_id,
    read_reply_address,
    references_in_subject,
    reply_address,
    subject_tag,
    without_tags,
)
from tests.cost import at_most

KEYS = KeyRing((Key("a", b"r" * 32),))
ROTATED = KeyRing((*KEYS.keys, Key("b", b"s" * 32)))
OTHER = KeyRing((Key("a", b"x" * 32),))
SUPPORT = "support@acme.example"
REF = "7K2Q-9F3M"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

refs = st.binary(min_size=5, max_size=5).map(random_reference)


# --- case references ------------------------------------------------------------------------------


def test_the_same_mail_always_opens_the_same_reference() -> None:
    first = case_reference(KEYS, cause="id@client.example", digest="d")
    assert first == case_reference(ROTATED, cause="id@client.example", digest="d")
    assert first == normal_reference(first)
    others = [
        case_reference(OTHER, cause="id@client.example", digest="d"),
        case_reference(KEYS, cause="id@client.example", digest="e"),
        case_reference(KEYS, cause="id@client.exampl", digest="ed"),
        case_reference(KEYS, cause="id@client.example", digest="d", n=1),
    ]
    assert len({first, *others}) == 5


def test_a_taken_reference_grows_by_one_symbol_behind() -> None:
    spelled = [case_reference(KEYS, cause="c", digest="d", symbols=n) for n in (8, 9, 10, 26)]
    assert [len(each) for each in spelled] == [9, 10, 11, 27]
    assert all(longer.startswith(shorter) for shorter, longer in itertools.pairwise(spelled))
    assert all(each[4] == "-" for each in spelled)


def test_a_hundred_thousand_references_collide_no_more_than_chance_and_follow_no_sequence() -> None:
    made = [case_reference(KEYS, cause=f"{n}@client.example", digest="d") for n in range(100_000)]
    # 10^10 / 2 pairs in 2^40 names: 0.005 collisions expected, so two would be a fault
    assert len(set(made)) >= 99_999
    ascending = sum(one < next_one for one, next_one in itertools.pairwise(made))
    assert 49_000 < ascending < 51_000
    for place in (0, 1, 2, 3, 5, 6, 7, 8):
        counts = [sum(each[place] == symbol for each in made) for symbol in ALPHABET.upper()]
        assert sum(counts) == 100_000
        assert max(counts) < 3_500
        assert min(counts) > 2_750


def test_a_random_reference_is_its_entropy() -> None:
    assert random_reference(b"\0" * 5) == "0000-0000"
    assert random_reference(b"\xff" * 5) == "ZZZZ-ZZZZ"
    assert random_reference(b"\0\0\0\0\x01\x80", 9) == "0000-0001G"
    with pytest.raises(ValueError, match="random bytes"):
        random_reference(b"\0" * 4)
    with pytest.raises(ValueError, match="8 to 26"):
        random_reference(b"\0" * 40, 7)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("7K2Q-9F3M", REF),
        ("7k2q9f3m", REF),
        ("#7k2q-9f3m", REF),
        ("[Acme #7K2Q-9F3M]", REF),
        (" 7k2q 9f3m\n", REF),
        ("7K2Q\u20119F3M", REF),
        ("7K2Q\u20139F3M", REF),
        ("oOiI-lL23", "0011-1123"),
        ("7K2Q-9F3MX", "7K2Q-9F3MX"),
        ("7k2q", "7K2Q"),
        ("7k2q-9", "7K2Q-9"),
        ("7k2", None),
        ("", None),
        ("#", None),
        ("7K2Q-9F3U", None),
        ("7K2Q_9F3M", None),
        ("7K2Q-9F3\u212a", None),
        ("7" * 27, None),
        ("hello there", None),
        ("-" * 500, None),
    ],
)
def test_what_a_person_types_is_understood(typed: str, normal: str | None) -> None:
    assert normal_reference(typed) == normal


# --- reply addresses ------------------------------------------------------------------------------


@given(refs, st.integers(0, 999_999_999), st.sampled_from(["+", "-"]), st.sampled_from([KEYS, ROTATED]))
def test_a_reply_address_leads_back_to_case_and_party(
    ref: str, party: int, separator: Separator, keys: KeyRing
) -> None:
    address = reply_address(keys, SUPPORT, separator, ref, party)
    assert address == address.lower()
    assert len(address.partition("@")[0]) <= 64
    assert read_reply_address(ROTATED, address, SUPPORT) == Token(ref, party)
    assert read_reply_address(keys, address.upper(), SUPPORT.upper()) == Token(ref, party)


def changed_once(text: str) -> Iterator[str]:
    """Every text that differs by one character replaced, removed, doubled or put in."""
    for place in range(len(text)):
        for character in "abcdefghijklmnopqrstuvwxyz0123456789.+-@ \u212a\u0131":
            if character != text[place]:
                yield text[:place] + character + text[place + 1 :]
                yield text[:place] + character + text[place:]
        yield text[:place] + text[place + 1 :]
    yield text + "0"


def test_a_reply_address_given_with_a_question_says_so_and_is_another() -> None:
    asked = reply_address(KEYS, SUPPORT, "+", REF, 3, asked=True)
    assert read_reply_address(KEYS, asked, SUPPORT) == Token(REF, 3, asked=True)
    assert asked != reply_address(KEYS, SUPPORT, "+", REF, 3)
    assert len(asked) == len(reply_address(KEYS, SUPPORT, "+", REF, 3))


def test_a_reply_address_with_any_character_changed_is_not_ours() -> None:
    for ref, party in ((REF, 3), ("0000-00000", 10)):
        address = reply_address(KEYS, SUPPORT, "+", ref, party)
        assert read_reply_address(KEYS, address, SUPPORT)
        for other in changed_once(address):
            if other == address.replace("+", "-"):
                continue  # the other sign that separates a detail
            assert read_reply_address(KEYS, other, SUPPORT) is None, other


def test_a_reply_address_holds_only_under_its_key_and_mailbox_but_with_either_separator() -> None:
    """Servers and settings change: what we signed is ours, behind whichever sign it comes back."""
    address = reply_address(KEYS, SUPPORT, "+", REF, 3)
    assert read_reply_address(KEYS, address.replace("+", "-"), SUPPORT) == Token(REF, 3)
    assert read_reply_address(OTHER, address, SUPPORT) is None
    assert read_reply_address(KEYS, address, "sales@acme.example") is None
    assert read_reply_address(KEYS, address, "support@evil.example") is None
    assert read_reply_address(KEYS, SUPPORT, SUPPORT) is None
    assert read_reply_address(KEYS, reply_address(ROTATED, SUPPORT, "+", REF, 3), SUPPORT) is None


def test_a_signature_for_one_purpose_is_none_for_another() -> None:
    signed = message_id(KEYS, ref=REF, nonce="3", domain="acme.example").partition("@")[0].rpartition(".")[2]
    forged = f"support+7k2q9f3m.a3{signed}@acme.example"
    assert len(forged) == len(reply_address(KEYS, SUPPORT, "+", REF, 3))
    assert read_reply_address(KEYS, forged, SUPPORT) is None


def test_what_a_returned_letter_shows_names_its_party_and_is_no_reply_address() -> None:
    token = letter_token(KEYS, REF, 3)
    assert read_letter_token(KEYS, token) == read_letter_token(KEYS, token.upper()) == Token(REF, 3)
    assert read_letter_token(OTHER, token) is None
    assert all(read_letter_token(KEYS, other) is None for other in changed_once(token))
    assert read_reply_address(KEYS, f"support+{token}@acme.example", SUPPORT) is None
    shown = reply_address(KEYS, SUPPORT, "+", REF, 3).partition("@")[0].partition("+")[2]
    assert read_letter_token(KEYS, shown) is None
    assert read_letter_token(KEYS, "") is read_letter_token(KEYS, "x" * 100_000) is None


def test_a_mailbox_name_too_long_for_tokens_is_refused_with_a_remedy() -> None:
    just_fits = "a" * 26 + "@acme.example"
    assert len(reply_address(KEYS, just_fits, "+", REF, 3).partition("@")[0]) == 64
    with pytest.raises(BadInput, match="too long") as caught:
        reply_address(KEYS, "a" + just_fits, "+", REF, 3)
    assert "subaddress" in caught.value.remedy


# --- Message-IDs ----------------------------------------------------------------------------------


@given(refs, st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40))
def test_a_message_id_tells_its_case(ref: str, nonce: str) -> None:
    made = message_id(KEYS, ref=ref, nonce=nonce, domain="Acme.Example")
    assert made.endswith("@acme.example")
    assert read_message_id(ROTATED, made) == ref
    assert read_message_id(KEYS, made.upper()) == ref
    assert read_message_id(OTHER, made) is None


def test_a_message_id_with_any_character_changed_is_not_ours() -> None:
    made = message_id(
        KEYS, ref=REF, nonce=nonce_of(KEYS, "opened", "x@client.example"), domain="acme.example"
    )
    local, _, domain = made.partition("@")
    for other in changed_once(local):
        assert read_message_id(KEYS, f"{other}@{domain}") is None, other
    assert read_message_id(KEYS, f"{local}@new.example") == REF


@pytest.mark.parametrize(
    "theirs", ["", "@", "a@b", "CAF=abc@mail.example", "7k2q9f3m.a.1.2@acme.example", "." * 10000]
)
def test_other_people_s_message_ids_say_nothing(theirs: str) -> None:
    assert read_message_id(KEYS, theirs) is None


def test_the_same_cause_gives_the_same_nonce_after_rotation_too() -> None:
    assert nonce_of(KEYS, "ack", "mail") == nonce_of(ROTATED, "ack", "mail")
    assert len({nonce_of(KEYS, "a", "bc"), nonce_of(KEYS, "ab", "c"), nonce_of(KEYS, "abc")}) == 3
    assert len(nonce_of(KEYS)) == 16
    for bad in ("", "A", "a b", "x" * 41, "é"):
        with pytest.raises(ValueError, match="nonce"):
            message_id(KEYS, ref=REF, nonce=bad, domain="acme.example")


# --- subjects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("[Acme #7K2Q-9F3M] Printer", (REF,)),
        ("AW: [acme #7k2q-9f3m] Drucker", (REF,)),
        ("Re: [Acme\t#7K2Q-9F3M] [ Acme  # 7k2q9f3m ] x [Acme #0000-0000Z]", (REF, "0000-0000Z")),
        ("[Acme #7K2Q]", ()),
        ("[Other #7K2Q-9F3M]", ()),
        ("Acme #7K2Q-9F3M", ()),
        ("[Acme #7K2Q-9F3U]", ()),
        ("[Acme #" * 3000, ()),
        ("", ()),
    ],
)
def test_only_whole_references_in_our_tags_are_found(subject: str, found: tuple[str, ...]) -> None:
    assert references_in_subject(subject, "Acme") == found


def test_a_tag_may_hold_white_space_and_signs_of_patterns() -> None:
    for tag in ("Acme (UK) *", "Ac me", "[x]"):
        subject = f"Re: {subject_tag(tag, REF)} hello"
        assert references_in_subject(subject.replace(" ", "  "), tag) == (REF,)
        assert without_tags(subject, tag) == "Re: hello"
        assert bare_subject(subject, tag) == "hello"


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Printer", "Printer"),
        ("Re: AW: Fwd: [Acme #7K2Q-9F3M] Re[2]: RE : Printer", "Printer"),
        ("[Acme #7K2Q-9F3M] Re: Printer [Acme #7K2Q-9F3M]", "Printer"),
        ("回复:转发: 打印机", "打印机"),
        ("VÁ: R: I: Odp: Printer", "Printer"),
        ("SV: VB: Odg: Printer", "Printer"),
        ("ΑΠ: 회신: Printer", "Printer"),
        ("Report: Printer", "Report: Printer"),
        ("C: drive", "C: drive"),
        ("Printer: paper jam", "Printer: paper jam"),
        ("Re: Our offer: I: would", "Our offer: I: would"),
        ("Fwd: your ref: 123 [Acme #7K2Q-9F3M]", "your ref: 123"),
        ("Re:", ""),
        ("Re:" * 5000 + "x", "x"),
        ("Re" + " " * 50000, "Re"),
    ],
)
def test_the_bare_subject_is_the_matter_alone(subject: str, bare: str) -> None:
    assert bare_subject(subject, "Acme") == bare


@pytest.mark.parametrize("subject", ["R: drive is missing", "I: cannot log in", "r: Printer"])
def test_one_letter_is_a_mark_only_where_a_mail_answers_another(subject: str) -> None:
    assert bare_subject(subject, "Acme", answers=False) == subject
    assert bare_subject(subject, "Acme") == subject[3:]
    assert bare_subject(f"RE: {subject}", "Acme", answers=False) == subject


def test_no_subject_takes_long() -> None:
    rng = random.Random(7)
    for piece in ("[Acme", "[ ", "Re:", "Re ", "[Acme #", "[Acme #7K2Q", "#", " "):
        subject = piece * 20_000
        with at_most(25, repr(piece)):
            references_in_subject(subject, "Acme")
            bare_subject(subject + rng.choice("ab"), "Acme")


# --- ids that a relay gives our letters ---------------------------------------------------------------

SES = "0102018f00112233-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000"


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        (f"Ok {SES}", (f"{SES}@amazonses.com",)),
        ("2.6.0 <a1@x.prod.outlook.com> [InternalId=5, Hostname=y] Queued", ("a1@x.prod.outlook.com",)),
        ("2.0.0 Ok: queued as 4F7d3Q1zXyz", ()),
        ("2.0.0 OK  1700000000 5b1f17b1804b1-40b5e 123.4 - gsmtp", ()),
        (f"Ok x{SES}", ()),
        ("<>", ()),
        ("<a@b <c@d> <e f@g>", ("c@d",)),
        ("", ()),
    ],
)
def test_a_relays_answer_may_tell_the_id_it_gave_a_letter(answer: str, ids: tuple[str, ...]) -> None:
    assert ids_given_by_relay(answer) == ids


@pytest.mark.parametrize(
    ("given_id", "told"),
    [
        (f"{SES}@eu-west-1.amazonses.com", f"{SES}@amazonses.com"),
        (f"{SES}@email.amazonses.com", f"{SES}@amazonses.com"),
        (f"{SES}@AMAZONSES.com.evil.example", None),
        (f"{SES}@evilamazonses.com", None),
        ("amazonses.com", None),
        ("1@client.example", None),
    ],
)
def test_an_id_given_by_a_relay_that_hides_its_domain_is_known_again(given_id: str, told: str | None) -> None:
    assert as_given_by_relay(given_id) == told
