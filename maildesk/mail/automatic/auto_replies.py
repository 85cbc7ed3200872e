"""Did a machine write this mail, and may a machine answer it? One ordered table: the first rule that fits.

Two kinds of rule: some say the mail itself is automatic (RFC 3834 §2), others only that its author's system
wants no automatic answer. What only suggests a machine (a subject, `noreply@`) withholds the answer, no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.mail.addr_spec import folded
from maildesk.mail.automatic.out_of_office import is_absence_subject
from maildesk.mail.identity.mailing_lists import (
    MOST_FIELDS,
    POSTED_TO,
    addresses_among,
    list_name,
    named_after,
)
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames
from maildesk.mail.message import Automatic, AutomaticKind, Restraint
from maildesk.mail.mime.headers import Field, addresses_in, decode_words
from maildesk.mail.mime.parameters import read_value

_ADDRESS_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class ReplyAllowance:
    """The header's word on machines: the automatic kind if it is one, and why no answer may go, if so.

    `signs` are the names of all fields that say so, in the order of the table. `Precedence: list` is none:
    programs that copy a mail add it, and it says nothing that another mail would not. `restraints` are all
    reasons against an answer beside what wrote the mail.
    """

    automatic: Automatic | None
    withheld: str | None
    signs: tuple[str, ...] = ()
    restraints: frozenset[Restraint] = frozenset()


@dataclass(frozen=True, slots=True)
class _Rule:
    """`name` is the field looked at, `fits` a test of its unfolded lower-case value without comments."""

    name: str
    fits: Callable[[str], bool]
    says: AutomaticKind | Restraint  # what wrote the mail, or only why no answer may go
    list_sign: bool = False  # does not count when the list is our own mailbox

    @property
    def copying(self) -> bool:
        """`Precedence: list`, which whatever passes a mail on may add to it."""
        return self.name == "precedence" and self.says is AutomaticKind.LIST


def classify(fields: Sequence[Field], own_names: OwnNames = NO_NAMES) -> Automatic | None:
    """Name the kind of machine that wrote the mail, or None."""
    return judge(fields, own_names).automatic


def judge(
    fields: Sequence[Field], own_names: OwnNames = NO_NAMES, *, through_group: bool = False
) -> ReplyAllowance:
    """Both answers. `own_names` are our addresses: a list of that name is our own mailbox behind a group.

    `through_group`: the mail is known to have come through such a group, whatever that calls itself.
    """
    values = _values(fields)
    own_list = through_group or _is_own_list(values, own_names)
    fitting = list(_fitting(values, own_list=own_list))
    restraints = {rule.says for rule, _ in fitting if isinstance(rule.says, Restraint)}
    if _is_posted_to(values):
        restraints.discard(Restraint.NEWSLETTER)
    withheld = fitting[0][1] if fitting else None
    if sum(field.name == "received" for field in fields) >= _MANY_HOPS:
        restraints.add(Restraint.MANY_HOPS)
        withheld = withheld or f"{_MANY_HOPS} Received fields"
    machine = _machine(fitting, came_back=_came_back(values, own_names))
    # The trace of a mail's way is no sign: it differs for each copy.
    signs = tuple(dict.fromkeys(rule.name for rule, _ in fitting if not rule.copying))
    return ReplyAllowance(machine, machine.rule if machine else withheld, signs, frozenset(restraints))


def _machine(fitting: Sequence[tuple[_Rule, str]], *, came_back: bool) -> Automatic | None:
    """The machine by the first rule that names one, unless the mail bears our own mark and is no answer."""
    named = (Automatic(rule.says, said) for rule, said in fitting if isinstance(rule.says, AutomaticKind))
    found = next(named, None)
    if came_back and (found is None or found.kind in (AutomaticKind.GENERATED, AutomaticKind.LIST)):
        return Automatic(AutomaticKind.LOOP, "X-Loop: one of our addresses")
    return found


def _came_back(values: Mapping[str, Sequence[str]], own: OwnNames) -> bool:
    return any(own.has(each) for value in values.get("x-loop", ()) for each in addresses_among(value))


def _fitting(values: Mapping[str, Sequence[str]], *, own_list: bool) -> Iterator[tuple[_Rule, str]]:
    """The rules that fit, in the order of the table, each with what the field says."""
    for _, rule in sorted(each for name in values for each in _BY_NAME[name]):
        if not (rule.list_sign and own_list):
            for value in values[rule.name]:
                if rule.fits(value):
                    yield rule, f"{rule.name.title()}: {value[:80]}"


# --- values ---------------------------------------------------------------------------------------

_COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*+\)")
_MOST_NESTED: Final = 10
_REPORT: Final = re.compile(rb"report|^\s*message/", re.IGNORECASE)
_FIRST_VALUE_ONLY: Final = frozenset({"return-path", "subject", "content-type"})
_ADDRESS_FIELDS: Final = frozenset({"from", "sender"})


def _values(fields: Sequence[Field]) -> dict[str, list[str]]:
    """The values our rules look at, by field name; addresses as their local part."""
    found: dict[str, list[str]] = {}
    for field in fields:
        if field.name not in _BY_NAME or (field.name in _FIRST_VALUE_ONLY and field.name in found):
            continue
        found.setdefault(field.name, []).extend(_read(field))
    return found


def _read(field: Field) -> Iterator[str]:
    if field.name == "content-type":
        if not _REPORT.search(field.value[:2000]):
            return
        value, parameters = read_value(field.value)
        yield f"{value}; {parameters.get('report-type', '').lower()}"
    elif field.name in _ADDRESS_FIELDS:
        yield from (
            each.address.partition("@")[0].lower() for each in addresses_in(field.value, _ADDRESS_BYTES)[:5]
        )
        if b"@" not in field.value:  # the bare name of a local daemon, or a null address beside its name
            name, _, bare = _without_comments(decode_words(field.value[:200]).lower()).partition("<")
            yield bare.strip("> ") or name.strip(' "')
    else:
        text = decode_words(field.value[:2000]).lower()
        yield text if field.name == "subject" else _without_comments(text)


def _without_comments(text: str) -> str:
    """A value without its comments, which may be nested (RFC 5322 §3.2.2); one left open ends it."""
    for _ in range(_MOST_NESTED):
        if "(" not in text:
            break
        text = _COMMENT.sub("", text)
    return text.partition("(")[0].strip()


# More than any real way has; servers call it a loop at a hundred (RFC 5321 §6.3) or, often, at fifty.
_MANY_HOPS: Final = 50


def _is_own_list(values: Mapping[str, Sequence[str]], own: OwnNames) -> bool:
    """Tell whether the list is one of our own addresses: its fields then say nothing of who wrote the mail.

    A mail that came through another list too is that list's.
    """
    names = set(map(named_after, own.all))
    ids = [list_name(value) for value in values.get("list-id", ())]
    if ids:
        return all(each in names for each in ids)
    posted = [value for name in POSTED_TO for value in values.get(name, ())[:MOST_FIELDS]]
    return any(own.has(each) for value in posted for each in addresses_among(value))


def _is_posted_to(values: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether people write to the list that a mail came through; newsletters say `NO` or nothing."""
    return any(_other_than_no(value) for name in POSTED_TO for value in values.get(name, ()))


# --- tests ----------------------------------------------------------------------------------------


def _present(value: str) -> bool:
    return value not in ("no", "false", "0")


def _is(*wanted: str) -> Callable[[str], bool]:
    return lambda value: _token(value) in wanted


def _token(value: str) -> str:
    """The keyword of a field, without parameters (RFC 3834 §5.2)."""
    return value.partition(";")[0].strip()


def _other_than_no(value: str) -> bool:
    return _token(value) not in ("no", "")


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.search(value) is not None


def _says_something(value: str) -> bool:
    return bool(value) and _present(value)


def _begins(pattern: str) -> Callable[[str], bool]:
    """Faster than a search where only the beginning counts, and asked of every mail."""
    compiled = re.compile(pattern)
    return lambda value: compiled.match(value) is not None


_NO_REPLY: Final = (
    r"^(?:.*[._+-])?(?:no|not|do[._-]?not|dont|never)[._-]?reply(?:[._+-].*)?$|^nobody$|^postmaster$"
    r"|^ne[._-]?pas[._-]?repondre|^(?:keine[._-]?antwort|nicht[._-]?antworten)|^no[._-]?(?:responder|"
    r"contestar)"
    r"|^n(?:a|ã)o[._-]?respond(?:a|er)|^non[._-]?rispondere|^bounces?(?:[+._-].*)?$"
)
# The addresses of the programs that run lists, and of those who get what bounces from one (RFC 2142 §6).
_LIST_ROBOT: Final = (
    r"^(?:.+-(?:request|owner|bounces?(?:[+=-].*)?|confirm(?:\+.*)?)|owner-.+"
    r"|majordom[oa]|listserv|listproc|mailman|sympa|mlmmj|ecartis|listar|ezmlm)$"
)
_DAEMON: Final = r"(?:mail(?:er)?[._-]?daemon|mail[._-]delivery[._-](?:sub)?system)(?:[+._-]|$)"
_NOBODYS: Final = re.compile(f"{_NO_REPLY}|{_LIST_ROBOT}|^{_DAEMON}")


def is_nobodys(address: str) -> bool:
    """Tell whether behind an address stands a program, a list's robot or no reader: no person takes part."""
    return _NOBODYS.match(folded(address).rpartition("@")[0]) is not None


_NO_AUTO_ANSWER: Final = frozenset({"all", "oof", "autoreply"})


def _suppresses(value: str) -> bool:
    return not _NO_AUTO_ANSWER.isdisjoint(each.strip() for each in value.split(","))


def _null_path(value: str) -> bool:
    """RFC 5321 §4.5.5; sendmail writes its daemon's name there when it delivers to a local mailbox."""
    return value.replace(" ", "") in ("<>", "<mailer-daemon>")


# --- the table ------------------------------------------------------------------------------------

_BOUNCE, _REPLY = AutomaticKind.BOUNCE, AutomaticKind.AUTO_REPLY
_GENERATED, _LIST = AutomaticKind.GENERATED, AutomaticKind.LIST

_RULES: Final = (
    # Reports (RFC 6522, RFC 3464, RFC 8098) say most exactly what they are.
    _Rule("content-type", _matches(r"^multipart/report; (?:delivery-status|)$"), _BOUNCE),
    _Rule("content-type", _matches(r"^multipart/report; disposition-notification$"), _REPLY),
    _Rule("content-type", _matches(r"^multipart/report; "), _GENERATED),
    _Rule("content-type", _is("message/delivery-status"), _BOUNCE),
    _Rule("content-type", _is("message/disposition-notification"), _REPLY),
    _Rule("content-type", _is("message/feedback-report"), _GENERATED),
    _Rule("x-failed-recipients", _present, _BOUNCE),  # Exim, Gmail
    _Rule("x-ms-exchange-message-is-ndr", lambda value: value != "false", _BOUNCE),  # Exchange
    _Rule("from", _begins(_DAEMON), _BOUNCE),
    # RFC 3834 §5; of several fields any but `no` counts.
    _Rule("auto-submitted", _is("auto-replied"), _REPLY),
    _Rule("auto-submitted", _other_than_no, _GENERATED),
    _Rule("return-path", _null_path, _REPLY),
    # Lists (RFC 2919, RFC 2369). List-Unsubscribe alone, as any shop sends it, is no list but gets no answer.
    _Rule("list-id", _present, _LIST, list_sign=True),
    _Rule("list-post", _other_than_no, _LIST, list_sign=True),
    _Rule("mailing-list", _present, _LIST, list_sign=True),
    _Rule("x-mailing-list", _present, _LIST, list_sign=True),
    _Rule("x-beenthere", _present, _LIST, list_sign=True),
    _Rule("precedence", _is("list"), _LIST, list_sign=True),
    _Rule("precedence", _is("auto_reply", "auto-reply"), _REPLY),
    _Rule("precedence", _is("bulk", "junk"), _GENERATED, list_sign=True),
    _Rule("x-precedence", _is("auto_reply", "auto-reply"), _REPLY),
    _Rule("x-precedence", _is("bulk", "junk"), _GENERATED, list_sign=True),
    _Rule("preference", _is("auto_reply", "auto-reply"), _REPLY),  # Gmail's older absence notes
    # Fields of vendors from before RFC 3834, still sent.
    _Rule("x-autoreply", _present, _REPLY),
    _Rule("x-autorespond", _present, _REPLY),
    _Rule("x-autoresponder", _present, _REPLY),
    _Rule("x-autoreply-from", _present, _REPLY),
    _Rule("x-mail-autoreply", _present, _REPLY),
    _Rule("x-auto-reply", _present, _REPLY),
    _Rule("x-vacation", _present, _REPLY),
    _Rule("x-autogenerated", _is("reply"), _REPLY),
    _Rule("delivered-to", _is("autoresponder"), _REPLY),
    _Rule("x-autoreply-domain", _present, _REPLY),
    _Rule("x-auto-replied", _present, _REPLY),
    _Rule("x-post-messageclass", _matches(r"autoresponder"), _REPLY),  # hosting panels of 1&1
    _Rule("x-mailer", _matches(r"^vacation|auto-?responder"), _REPLY),
    _Rule("x-fc-machinegenerated", _present, _GENERATED),
    _Rule("x-cron-env", _present, _GENERATED),
    _Rule("x-auto-submitted", _other_than_no, _GENERATED),
    _Rule("x-spamcop-sourceip", _present, _GENERATED),  # a complaint in words
    # From here on only the answer is withheld.
    _Rule("x-auto-response-suppress", _suppresses, Restraint.ASKED),
    _Rule("list-unsubscribe", _present, Restraint.NEWSLETTER, list_sign=True),
    _Rule("x-ms-exchange-inbox-rules-loop", _present, Restraint.ASKED),
    _Rule("x-ms-exchange-generated-message-source", _present, Restraint.ASKED),
    _Rule("from", _begins(_NO_REPLY), Restraint.NO_REPLY),
    _Rule("from", _begins(_LIST_ROBOT), Restraint.LIST_ROBOT),
    _Rule("sender", _matches(r"^(?:mailer-daemon|postmaster)$"), Restraint.NO_REPLY),
    _Rule("sender", _begins(_LIST_ROBOT), Restraint.LIST_ROBOT, list_sign=True),
    # Procmail's custom, older than RFC 3834: who answers such a mail may be answered by the program again.
    _Rule("x-loop", _says_something, Restraint.FOREIGN_LOOP),
    _Rule("x-loop-prevention", _says_something, Restraint.FOREIGN_LOOP),
    _Rule("x-rt-loop-prevention", _says_something, Restraint.FOREIGN_LOOP),  # Request Tracker
    # A border's word on spam: SpamAssassin, rspamd, Exchange, Barracuda, DSPAM, bogofilter.
    _Rule("x-spam-flag", _is("yes", "true", "1"), Restraint.SPAM),
    _Rule("x-spam", _is("yes", "true", "spam"), Restraint.SPAM),
    _Rule("x-spam-status", _begins(r"(?:yes|true|spam)\b"), Restraint.SPAM),
    _Rule("x-ms-exchange-organization-scl", _begins(r"[5-9]$"), Restraint.SPAM),
    _Rule("x-forefront-antispam-report", _matches(r"\bsfv:(?:spm|sks|skb)\b"), Restraint.SPAM),
    _Rule("x-barracuda-spam-flag", _is("yes"), Restraint.SPAM),
    _Rule("x-dspam-result", _is("spam", "blacklisted"), Restraint.SPAM),
    _Rule("x-bogosity", _begins(r"(?:spam|yes)\b"), Restraint.SPAM),
    _Rule("subject", is_absence_subject, Restraint.ABSENCE),
)
# The rules of a field with their places in the table: most mails have few of the fields.
_BY_NAME: Final = {
    name: tuple((place, rule) for place, rule in enumerate(_RULES) if rule.name == name)
    for name in {rule.name for rule in _RULES}
}
