"""The letters of mail servers that know no RFC 3464: which addresses failed, and why, from their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from maildesk.mail.addr_spec import Addresses, ByAddress
from maildesk.mail.automatic.bounce_phrases import (
    DELAYED,
    GIVEN_UP,
    NOT_DELIVERED,
    RETURNED_BELOW,
    STATUS_WORDS,
)
from maildesk.mail.mime.headers import mailbox_address, one_line

_READ_CHARS: Final = 12_000
_LINE_CHARS: Final = 400
_OPENING_CHARS: Final = 1500
_MOST: Final = 200
_REASON_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class BounceStatement:
    """The contents of a server's letter: the addresses, whether they are still tried, and its reason."""

    addresses: tuple[str, ...]
    delayed: bool
    status: str
    reason: str


def servers_words(text: str) -> str:
    """The letter without the mail that came back in it, at a length that costs little to read."""
    text = text[: 4 * _READ_CHARS].replace("\xa0", " ")
    below = RETURNED_BELOW.search(text)
    # What stands at the very top is no mail that came back: some begin with a line of dashes and `copy`.
    if below and not text[: below.start()].strip():
        below = RETURNED_BELOW.search(text, below.end())
    words = text[: below.start()] if below else text
    return "\n".join(line[:_LINE_CHARS] for line in words[:_READ_CHARS].split("\n"))


def says_undelivered(text: str) -> bool:
    """Tell whether words speak of a mail that did not arrive, or has not yet."""
    return bool(NOT_DELIVERED.search(text) or DELAYED.search(text))


def begins_as_undelivered(subject: str) -> bool:
    """Tell whether a subject is a server's own, before that of the mail that came back."""
    return NOT_DELIVERED.match(subject) is not None


# Only a machine begins like this; and the words of a person, who tells what happened to them.
_MACHINE_OPENS: Final = re.compile(
    r"\b(?:your|this|the following|an?)\s+(?:e-?mail|mail|message|attached)\b|\bdelivery\b"
    r"|\b(?:text|sms|mms|short)\s+message\b"
    r"|\bfailed recipients\b"
    r"|automatic|automatisch|^\W*(?:could not|unable|message|undeliver|invalid|unknown)"
    r"|^\S{1,100}@\S{1,200} - "
    r"|\bvotre\b|\bihre\b|\bsu mensaje\b|\bsua mensagem\b|\bil (?:suo|tuo) messaggio\b|\buw bericht\b"
    r"|письмо|您的|あて先|宛先|宛て?の(?:メール|メッセージ)|受信者|送信先|メールアドレス",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"\b(?:i|i'm|i’m|my|we|our|me|hi|hello|hey|dear|thanks|regards|hallo|ich|wir|bonjour|je|nous|hola"
    r"|olá|ciao)\b|お世話|よろしく|弊社|当社|私(?:は|が|の|ども)|でしょうか|ください(?:ませ)?[。!?？]*\s*$",
    re.IGNORECASE,
)


def opens_like_a_server(words: str) -> bool:
    """Tell whether an unknown sender's letter is a machine's: its first lines say so, and nobody says `I`."""
    opening = words[:_OPENING_CHARS]
    return (
        says_undelivered(opening)
        and _MACHINE_OPENS.search(opening) is not None
        and _PERSON.search(words[:_READ_CHARS]) is None
    )


_EVIDENCE: Final = re.compile(r"(?:^|[\s:<\[(])(?:[45]\d\d[ -]\S|#?[45]\.\d\.\d{1,2}\b)", re.MULTILINE)


def shows_evidence(text: str) -> bool:
    """Tell whether a letter names an SMTP answer, or brings the mail back: an absence note does neither."""
    text = text[: 4 * _READ_CHARS]
    return bool(_EVIDENCE.search(text) or RETURNED_BELOW.search(text) or GIVEN_UP.search(text))


# --- addresses ------------------------------------------------------------------------------------

_OPEN, _SHUT = r"[<\"'(\[{*＜「『〈【（]{0,3}", r"[>\"')\]}*＞」』〉】）]{0,3}"
_ADDRESS: Final = (
    r"(?:(?:smtp|rfc822|mailto)\s?[:;=]\s?)?"
    r"([^\s<>()\[\]\"'`,;:@=*＜＞「」『』：、。][^\s<>()\[\]\"',;:@＜＞「」『』：、。]{0,80}"
    r"@[A-Za-z0-9_-](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)"
)
# What stands before an address that failed: IMail, MailEnable, MDaemon, HotPOP, LSMTP, SurfControl, Oracle …
_LABELS: Final = (
    r"to|recipients?|recipient address|failed recipients?|user|users?|address(?:ed to)?|rcpt to"
    r"|e-?mail(?: address)?"
    r"|undeliverable (?:address|to)|intended recipients?|unknown user|invalid (?:user|recipient)"
    r"|error-for|for|mailbox"
    r"|invalid final delivery userid|delivery failed \d{1,4} attempts|(?:original|final)-recipient"
    r"|user's mailbox is full"
    r"|empfänger|an|destinataires?|destinat[áa]ri[oa]s?|destinatari|ontvanger|mottagare|modtager"
    r"|odbiorca|получатель|кому"
    r"|宛先|あて先|送信先|受信者|メールアドレス|アドレス|收件人|받는 사람"
)
_ON_A_LINE: Final = re.compile(
    rf"^[ \t>*•·-]{{0,20}}(?:(?:{_LABELS})(?:[ \t]?[:=：]|[ \t])[ \t　]{{0,8}})?{_OPEN}{_ADDRESS}{_SHUT}"
    r"(?=\.*(?:[\s:;,(#、。：]|\.\.\.|さん|様|宛|あて|への?|に|は|$))",
    re.IGNORECASE | re.MULTILINE,
)
_IN_A_SENTENCE: Final = re.compile(
    r"(?:addressed(?:[ ]to|,)|(?:your|a|the)\s{1,4}(?:e-?mail|mail|message)\s{1,4}(?:to|for)"
    r"|(?:deliver(?:y|ed|ing)?)(?:\s{1,4}(?:it|(?:your"
    r"|the|a)?\s{0,4}(?:e-?mail|mail|message)))?\s{1,4}to|undeliverable\s{1,4}to"
    r"|rejected\s{1,4}recipient|local\s{1,4}mailbox|rcpt\s{1,4}to"
    r"|(?:message|mail|text|sms)\s{1,4}(?:to|for)|mailbox\s{1,4}(?:for|of)|(?:gateway|violation)\s{1,4}for|dda:smtp|reach"
    r"|recipient|user|(?:delivered|zugestellt|remis|livré)"
    r"\s{1,4}(?:to|an|à|a))"
    rf"[\s:=]{{1,4}}{_OPEN}{_ADDRESS}",
    re.IGNORECASE,
)
_IN_AN_ANSWER: Final = re.compile(
    rf"^[ \t]{{0,20}}(?:[<>]{{3}}[ \t]{{0,4}})?(?:[45]\d\d[ -]"
    rf"|[^\n@]{{0,120}}?\b[45]\d\d[ -])[^\n@<]{{0,120}}?{_OPEN}\b{_ADDRESS}",
    re.IGNORECASE | re.MULTILINE,
)
# sendmail and Exim name the address that we wrote to beside the one it led to.
_CAME_FROM: Final = re.compile(rf"\((?:expanded|generated) from:? {_OPEN}{_ADDRESS}", re.IGNORECASE)
_LED_FROM: Final = re.compile(rf"\s{{1,80}}{_CAME_FROM.pattern}", re.IGNORECASE)
# The end of a line whose sentence goes on with whom to ask, or what to try instead.
_ADVISES: Final = re.compile(
    r"\b(?:if|try|contact|ask|e-?mail|write to|(?:queries|questions) to)[ \t]*\n$", re.IGNORECASE
)
_ADVICE_CHARS: Final = 40
_LOOSE: Final = re.compile(rf"<{_ADDRESS}>")
_OF_THE_SERVER: Final = re.compile(r"(?:postmaster|mailer-daemon|abuse|hostmaster)@", re.IGNORECASE)


def read_letter(words: str, subject: str, beside: Collection[str] = ()) -> BounceStatement:
    """Read what a letter says. `beside` are the addresses it came from and went to, which did not fail."""
    lead = NOT_DELIVERED.search(words)
    start = words.rfind("\n", 0, lead.start()) + 1 if lead else 0
    skipped = Addresses(beside)
    addresses: tuple[str, ...] = ()
    for find in _WAYS:
        addresses = _safe(find(words, start), skipped)
        if addresses:
            break
    status, reason = _status_and_reason(words, subject)
    delayed = _is_delay(words, subject, status)
    if delayed and not status.startswith("4"):
        status = "4.0.0"
    return BounceStatement(addresses, delayed, status, reason)


def _on_lines(words: str, start: int) -> Iterator[str]:
    """The addresses that lines begin with, each with the one that led to it; none that advice names."""
    for each in _ON_A_LINE.finditer(words, start):
        if not _ADVISES.search(words[max(0, each.start() - _ADVICE_CHARS) : each.start()]):
            yield each[1]
            yield from (other[1] for other in [_LED_FROM.match(words, each.end())] if other)


# In the order in which they can be trusted; the first that finds an address decides.
_WAYS: Final[tuple[Callable[[str, int], Iterator[str]], ...]] = (
    lambda words, start: _on_lines(words, start),
    lambda words, start: (each[1] for each in _CAME_FROM.finditer(words)),
    lambda words, start: (each[1] for each in _IN_A_SENTENCE.finditer(words)),
    lambda words, start: _on_lines(words, 0),
    lambda words, start: (each[1] for each in _IN_AN_ANSWER.finditer(words)),
    lambda words, start: (each[1] for each in list(_LOOSE.finditer(words))[:1]),
)


def _safe(found: Iterator[str], skipped: Addresses) -> tuple[str, ...]:
    kept = ByAddress[str]()
    for each in found:
        address = mailbox_address(each.rstrip(".").encode("utf-8", "replace"))
        if address and "." in address.rpartition("@")[2] and not _OF_THE_SERVER.match(address):
            if address not in skipped:
                kept.setdefault(address, address)
            if len(kept) >= _MOST:
                break
    return tuple(kept.values())


# --- its fate -------------------------------------------------------------------------------------

_STATUS: Final = re.compile(
    r"(?:[45]\d\d[ -]|#|status:?\s{0,3}|code:?\s{0,3}:?)\(?([45]\.\d{1,3}\.\d{1,3})\b(?!\.)", re.IGNORECASE
)
_ANY_STATUS: Final = re.compile(r"(?<![\d.])([45]\.\d\.\d{1,3})\b(?!\.?\d)")
_REPLY_CODE: Final = re.compile(r"(?:^|[\s:<\[(#])([45])[0-7]\d(?=[ \-\])]\S?)", re.MULTILINE)


def _is_delay(words: str, subject: str, status: str) -> bool:
    """A subject with a warning is not enough where the letter gives a reason that is for good."""
    if GIVEN_UP.search(words):
        return False
    said = not status.startswith("5") or status == "5.0.0"
    return bool(DELAYED.search(words) or (said and DELAYED.search(subject)))


def _status_and_reason(words: str, subject: str) -> tuple[str, str]:
    """The status (RFC 3463), guessed from an SMTP answer or from words where none is given; and its line."""
    for pattern, ending in ((_STATUS, ""), (_ANY_STATUS, ""), (_REPLY_CODE, ".0.0")):
        found = pattern.search(words)
        if found:
            return found[1] + ending, _line_at(words, found.start(1))
    for text in (words, subject):
        for phrases, status in STATUS_WORDS:
            found = phrases.search(text)
            if found:
                return status, _line_at(text, found.start())
    said = NOT_DELIVERED.search(words)
    if said or NOT_DELIVERED.search(subject):
        return "5.0.0", _line_at(words, said.start()) if said else one_line(subject)[:_REASON_CHARS]
    return "4.0.0", ""


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return one_line(text[start : end if end >= 0 else len(text)])[:_REASON_CHARS]
