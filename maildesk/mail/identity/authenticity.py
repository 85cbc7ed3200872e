"""The true sender of a mail: one From field read by a strict grammar, and what our border says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.errors import BadInput
from maildesk.mail.addr_spec import ascii_domain, ascii_local, deliverable, same_address, same_or_under
from maildesk.mail.identity.authentication_results import Result, border_results
from maildesk.mail.message import Address, Author, Standing
from maildesk.mail.mime.charsets import is_utf_8
from maildesk.mail.mime.headers import Field, decode_words

OUT_OF_PLACE: Final = "result-out-of-place"
"""The reason where results bear our border's name and stand where a sender may have written them."""

NO_HOST: Final = "no-authserv-id"
"""The reason why an author is unknown where no server of ours is named that vouches for anybody."""

_FIELD_LIMIT: Final = 8 * 2**10
_NAME_CHARS: Final = 200

# The field is read as Latin-1, one character per byte, so that raw 8-bit is seen as it is. Repeats of a class
# are possessive, and the rounds of a group begin differently: no input costs more than a few passes over it.
# No possessive groups: before Python 3.11.5 they keep what a failed round has read (gh-106052).
_WS: Final = r"(?:[ \t]|\r?\n[ \t])"
_NAME_CHAR: Final = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff-"
_QUOTED: Final = r'"(?:[^"\\\r\n]|\\[^\r\n]|\r?\n[ \t])*"'
# A comment may hold nothing that another reader could take for a part of an address.
_COMMENT: Final = rf"\((?:[{_NAME_CHAR}]|{_WS})*\)"
_NAME: Final = rf"(?:(?:{_WS}*(?:[{_NAME_CHAR}]++|{_QUOTED}|{_COMMENT}))*)"
_PART: Final = r"[^\s<>()@,;:\\\"\[\]\x80-\xff]++"
_ADDRESS: Final = rf"(?P<local>{_PART})@(?P<domain>{_PART})"
_TAIL: Final = rf"(?:{_WS}+(?P<comment>{_COMMENT}))?{_WS}*"
_BARE: Final = re.compile(rf"{_WS}*{_ADDRESS}{_TAIL}", re.DOTALL)
_ANGLE: Final = re.compile(rf"(?P<name>{_NAME}){_WS}*<{_ADDRESS}>{_TAIL}", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|\n(?![ \t])")
# What is never closed is taken to the end, so that no other quotation mark in it begins anew.
_QUOTES: Final = re.compile(r'"((?:[^"\\]|\\.)*)(?:(?P<shut>")|\\?\Z)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_DIRECTION: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")

# Why a field is not one strict mailbox, asked in this order of the text without its quoted strings.
_FAULTS: Final = (
    ("from-empty", re.compile(r"\s*\Z")),
    ("from-route", re.compile(r"[^<]*<\s*@")),
    ("from-group", re.compile(r"[^:<]*:")),
    ("from-two-mailboxes", re.compile(r"[^,;]*[,;]|[^<]*<[^<]*<")),
    ("from-8bit-in-address", re.compile(r"(?:[^<]*<)?[^\x80-\xff]*[\x80-\xff]")),
    ("from-quoted-local-part", re.compile(r'[^"]*""@|.*<""', re.DOTALL)),
    ("from-domain-literal", re.compile(r"[^\[]*@\s*\[")),
    ("from-comment-in-address", re.compile(r"[^(]*\(")),
    ("from-space-in-address", re.compile(r"[^@]*\s@|[^@]*@\s|[^<]*<[^>]*\s")),
)


@dataclass(frozen=True, slots=True)
class Trust:
    """The server whose Authentication-Results we believe, and where in the header it writes them.

    Counting from the top, the border's own Received line is number `hops`. `border_strips` says that the
    border removes results forged in its name, so that those right below its Received line count too.
    `microsoft365`: the border is Microsoft's and writes its results without an authserv-id. `submission` is
    the domain of whom our own server let in to send, where its results name them without one.
    """

    authserv_id: str | None = None
    hops: int = 1
    border_strips: bool = False
    microsoft365: bool = False
    submission: str | None = None

    @property
    def named(self) -> bool:
        """Tell whether some server of ours vouches for senders at all."""
        return self.authserv_id is not None or self.microsoft365


def author_of(fields: Sequence[Field], trust: Trust, raw_codec: str | None = None) -> Author:
    """Name who wrote a mail and how well we know it. Reply-To and Sender are not looked at.

    `raw_codec` is what the mail's header writes raw bytes in; names are read by it, and nothing else.
    """
    address, reason = strict_from(fields, raw_codec)
    shown = " / ".join(_shown(field.value, raw_codec) for field in _from_fields(fields)[:3])
    if address is None:
        return Author(None, Standing.FAILED, reason, shown, claimed=_claimed(fields, raw_codec))
    standing, why = _standing(address, fields, trust)
    return Author(address, standing, why, shown)


def strict_from(fields: Sequence[Field], raw_codec: str | None = None) -> tuple[Address | None, str]:
    """The one mailbox of the one From field; None, with a reason, where it could be read two ways.

    Quoted local parts, domain literals and internationalised addresses are refused too: nobody who needs them
    can be told from somebody who plays with them.
    """
    found = _from_fields(fields)
    if not found:
        return None, "no-from"
    if len(found) > 1:
        return None, "two-from-fields"
    if found[0].name != "from":
        return None, "from-name-damaged"
    if len(found[0].value) > _FIELD_LIMIT:
        return None, "from-too-long"
    return _mailbox(found[0].value.decode("latin-1"), raw_codec)


def strict_mailbox(value: bytes, raw_codec: str | None = None) -> Address | None:
    """The one mailbox that the value of another field is, by the same grammar."""
    return _mailbox(value.decode("latin-1"), raw_codec)[0] if len(value) <= _FIELD_LIMIT else None


def _from_fields(fields: Sequence[Field]) -> list[Field]:
    """Everything that some program might take for the From field, a space before the colon included."""
    return [field for field in fields if field.name.strip() == "from"]


def _mailbox(text: str, raw_codec: str | None) -> tuple[Address | None, str]:
    if _CONTROL.search(text):
        return None, "from-control-character"
    found = _BARE.fullmatch(text) or _ANGLE.fullmatch(text)
    if found is None:
        return None, _fault(text)
    local, domain = found["local"], ascii_domain(found["domain"])
    if "=?" in local:
        return None, "from-encoded-address"  # a careless decoder would make another address of it
    if not ascii_local(local):
        return None, "from-bad-local-part"
    if domain is None:
        return None, "from-bad-domain"
    name = found.groupdict().get("name") or (found["comment"] or "")[1:-1]
    return Address(f"{local}@{domain}", _shown(_unquoted(name).encode("latin-1"), raw_codec)), ""


def _fault(text: str) -> str:
    bare = _QUOTES.sub(lambda found: '""' if found["shut"] else found[0], text)
    return next((reason for reason, test in _FAULTS if test.match(bare)), "from-not-a-mailbox")


def _unquoted(name: str) -> str:
    return _QUOTES.sub(lambda found: _ESCAPE.sub(r"\1", found[1]), name)


def _shown(value: bytes, raw_codec: str | None) -> str:
    value = value[:_FIELD_LIMIT]
    return shown_name(decode_words(value, "utf_8" if not value.isascii() and is_utf_8(value) else raw_codec))


def shown_name(text: str) -> str:
    """Return what people see, without marks that turn the writing direction and could rearrange the line."""
    return " ".join(_DIRECTION.sub("", text).split())[:_NAME_CHARS]


# --- what a From that is none seems to mean -----------------------------------------------------------

_BRACKETED: Final = re.compile(r"<([^<>]*)>")
_NESTED: Final = re.compile(r"\([^()]*\)")
_BREAKS: Final = re.compile(r"[\s,;:<>()]+")


def _claimed(fields: Sequence[Field], raw_codec: str | None) -> str:
    """The one address that can be written to and that a person would take the From field for, else nothing.

    `Doe, John <john@client.example>`, dots where RFC 5322 has none, blanks about an address, letters in its
    domain that were not encoded: real people's programs write these. Only read out to a person of the desk.
    """
    found = _from_fields(fields)
    text = found[0].value.decode("latin-1") if len(found) == 1 else ""
    if len(text) > _FIELD_LIMIT or _CONTROL.search(text):
        return ""
    text = _NESTED.sub(" ", _QUOTES.sub(_without_quotes, text))
    in_brackets = [each for each in _BRACKETED.findall(text) if "@" in each]
    if in_brackets:
        specs = [_closed_up(_closed_up(each, "@"), ".") for each in in_brackets]
        others = _BREAKS.split(_BRACKETED.sub(" ", text))
        specs += [each for each in others if "." in each.partition("@")[2]]  # names have an @ too
    else:
        specs = [each for each in _BREAKS.split(_closed_up(text, "@")) if "@" in each]
    written = {_written(each, raw_codec) for each in specs}
    return written.pop() if len(written) == 1 else ""


def _without_quotes(quoted: re.Match[str]) -> str:
    """A blank for what is quoted; where it stands before an @ it is a part of an address, and stays."""
    if quoted["shut"]:
        return quoted[0] if quoted.string.startswith("@", quoted.end()) else " "
    return f" {quoted[1]}"


def _closed_up(text: str, sign: str) -> str:
    return sign.join(part.strip() for part in text.split(sign))


def _written(spec: str, raw_codec: str | None) -> str:
    """An address as letters write it; empty where none can go there, or where it would be a guess."""
    if "=?" in spec:
        return ""  # what is decoded never becomes an address
    raw = spec.removeprefix("mailto:").encode("latin-1")
    codec = "utf_8" if is_utf_8(raw) else raw_codec
    try:
        return deliverable(decode_words(raw, codec)) if codec else ""
    except BadInput:
        return ""


def _standing(author: Address, fields: Sequence[Field], trust: Trust) -> tuple[Standing, str]:
    if not trust.named:
        return Standing.UNKNOWN, NO_HOST
    heard = border_results(
        fields, trust.authserv_id, trust.hops, trust.border_strips, nameless=trust.microsoft365
    )
    if heard.results:
        return _judged(author, heard.results, trust.submission)
    return Standing.UNKNOWN, OUT_OF_PLACE if heard.misplaced else "no-result"


def _judged(author: Address, results: Sequence[Result], submission: str | None) -> tuple[Standing, str]:
    """The verdict of DMARC where it was asked; without one, an aligned pass or an outright refusal decides.

    `fail` of SPF is the domain's own word that this server does not send for it (RFC 7208 §8.4), so it counts
    where no signature may yet speak for the mail. A broken signature is as good as none (RFC 6376 §6.1).
    """
    dmarc = _of("dmarc", results)
    if any(each.result == "fail" for each in dmarc):
        return Standing.FAILED, "dmarc-fail"
    passed = [_domain(each.property("header.from")) for each in dmarc if each.result == "pass"]
    if any(domain and not same_or_under(author.domain, domain) for domain in passed):
        return Standing.FAILED, "dmarc-other-from"  # the border read another From than we did
    if passed and all(passed) and len(passed) == len(dmarc):
        return Standing.VOUCHED, "dmarc-pass"
    if any(each.result == "pass" and _signed_for(author, each) for each in _of("dkim", results)):
        return Standing.VOUCHED, "dkim-pass"
    if any(each.result == "pass" and _logged_in(author, each, submission) for each in _of("auth", results)):
        return Standing.VOUCHED, "auth-pass"
    spf = {each.result for each in _of("spf", results) if _sent_for(author, each)}
    if spf == {"pass"}:
        return Standing.VOUCHED, "spf-pass"
    undecided = {"pass", "temperror"} & {each.result for each in _of("dkim", results)}
    if "fail" in spf and not undecided:
        return Standing.FAILED, "spf-fail"
    return Standing.UNKNOWN, "no-aligned-pass"


def _of(method: str, results: Iterable[Result]) -> list[Result]:
    return [each for each in results if each.method == method]


# Alignment without a list of public suffixes (RFC 7489 §3.1 has one): the domain that passed must be the
# author's or stand above it. A domain below may have been given away; then we say unknown, not vouched.


def _signed_for(author: Address, dkim: Result) -> bool:
    """header.d signs; where only header.i is told, d is that domain or one above it (RFC 6376 §3.5)."""
    domain = _domain(dkim.property("header.d") or dkim.property("header.i"))
    return domain is not None and same_or_under(author.domain, domain)


def _sent_for(author: Address, spf: Result) -> bool:
    domain = _domain(spf.property("smtp.mailfrom"))
    return domain is not None and same_or_under(author.domain, domain)


def _logged_in(author: Address, auth: Result, submission: str | None) -> bool:
    """Our server let this very person in (RFC 8601 §2.7.4); mail of agents bears no signature yet.

    Many servers name them without a domain: then it is the one that the operator says it is.
    """
    name = auth.property("smtp.auth")
    if name and "@" not in name and submission:
        name = f"{name}@{submission}"
    return same_address(name, author.address)


def _domain(value: str | None) -> str | None:
    """The domain of a property, which may be a domain, `@domain` or an address."""
    return ascii_domain(value.rpartition("@")[2]) if value else None
