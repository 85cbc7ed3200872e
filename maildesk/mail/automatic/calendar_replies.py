"""Calendar replies (RFC 5546 §3.2.3): accepted, declined; sent by a click, at times with a person's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.mail.automatic.absence_notes import DATES
from maildesk.mail.mime.headers import Field, first
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.mime.structure import Part

_TYPES: Final = frozenset({"text/calendar", "application/ics"})
_MOST_PARTS: Final = 5
_READ_BYTES: Final = 64 * 2**10
_COMMENT_CHARS: Final = 2000
_MOST_LINES: Final = 40
_FOLD: Final = re.compile(r"\n[ \t]")
_METHOD: Final = re.compile(r"^METHOD(?:;[^:\n]{0,100})?:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_ANSWER: Final = re.compile(
    r"^ATTENDEE[;:][^\n]{0,1000}?PARTSTAT=\"?([A-Z-]{1,20})", re.IGNORECASE | re.MULTILINE
)
_COMMENT: Final = re.compile(r"^COMMENT(?:;[^:\n]{0,200})?:([^\n]{1,4000})", re.IGNORECASE | re.MULTILINE)
_GOOGLES_COMMENT: Final = re.compile(
    r"^ATTENDEE[;:][^\n]{0,1000}?X-RESPONSE-COMMENT=\"([^\"\n]{1,4000})\"", re.IGNORECASE | re.MULTILINE
)
_GOOGLES_TYPED: Final = re.compile(r"X-RESPONSE-COMMENT=\"[^\"\n]*+\"?", re.IGNORECASE)
_BY_GOOGLE: Final = re.compile(r"^PRODID(?:;[^:\n]{0,100})?:-//Google ", re.IGNORECASE | re.MULTILINE)
_ESCAPED: Final = re.compile(r"\\(.)")
_ANSWERS: Final = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentatively accepted",
    "DELEGATED": "delegated",
}
# Exchange's answers where the calendar's part was lost or stands in winmail.dat, by their subjects.
_EXCHANGES: Final = b"urn:content-classes:calendarmessage"
_SUBJECT: Final = re.compile(
    r"(?P<accepted>accepted|zugesagt|accepté|aceptad[ao]|aceit[ao]|accettat[ao]|geaccepteerd|accepterat|accepteret"
    r"|akseptert|zaakceptowano|přijato|принято|承諾|已接受)\s*[:：]"
    r"|(?P<declined>declined|abgelehnt|abgesagt|refusé|rechazad[ao]|recusad[ao]|rifiutat[ao]|geweigerd|avböjt"
    r"|afvist|avslått|odrzucono|odmítnuto|отклонено|辞退|已拒绝)\s*[:：]"
    r"|(?P<tentative>tentative(?:ly accepted)?|mit vorbehalt(?: zugesagt)?|vorläufig|provisoire|provisional"
    r"|tentativ[ao]|provvisori[ao]|voorlopig|preliminärt|foreløbigt?|wstępnie)\s*[:：]",
    re.IGNORECASE,
)
# What calendars write into the text in their user's name: a sentence that says what the reply does; details.
_NAME: Final = r"[^\n,;?!]{1,100}?"
_TO: Final = r"[^\n,;?!]{0,60}"
_STATED: Final = re.compile(
    rf"{_NAME} (?:has |have )?(?:tentatively |provisionally )?(?:accepted|declined|rejected) "
    rf"(?:the |this |your |an )?(?:\w{{1,12}} ){{0,2}}(?:invitation|meeting|event|appointment)(?: to {_TO})?"
    r"|(?:yes|no), i will(?: not|) attend|(?:no, )?i won['’]t attend|i might attend"
    rf"|{_NAME} hat (?:die|den|ihren?|deinen?|diesen?) (?:\w{{1,12}} )?(?:einladung|termin|besprechung){_TO} "
    r"(?:mit vorbehalt |vorläufig )?(?:angenommen|abgelehnt|zugesagt|abgesagt)"
    rf"|{_NAME} a (?:provisoirement )?(?:accepté|refusé|décliné) (?:l['’]|votre |cette |ton |la )"
    rf"(?:invitation|événement|réunion){_TO}"
    rf"|{_NAME} (?:ha )?(?:aceptado|aceptó|rechazado|rechazó) (?:provisionalmente )?"
    rf"(?:la|tu|su|esta) invitación{_TO}"
    rf"|{_NAME} (?:aceitou|recusou) (?:provisoriamente )?(?:o|seu|o seu|este) convite{_TO}"
    rf"|{_NAME} ha (?:accettato|rifiutato) (?:l['’]|il (?:tuo|suo) |questo )invito{_TO}"
    rf"|{_NAME} heeft (?:de|uw|je|deze) uitnodiging{_TO} (?:geaccepteerd|afgewezen|geweigerd)",
    re.IGNORECASE,
)
_DETAIL: Final = re.compile(
    r"(?:when|where|title|summary|subject|location|organi[sz]er|attendees?|required|optional|calendar|time|date"
    r"|description|wann|wo|titel|betreff|ort|zeit|organisator|quand|où|objet|lieu|cuándo|dónde|quando|onde|dove"
    r"|asunto|oggetto|luogo)\s*:(.*+)",
    re.IGNORECASE,
)
# A detail is one only if it says what the invitation says, or a day; anything else somebody typed there.
_OF_INVITATION: Final = re.compile(
    r"^(?:SUMMARY|LOCATION|DESCRIPTION|ORGANIZER|ATTENDEE)([;:][^\n]{1,4000})", re.IGNORECASE | re.MULTILINE
)
_VALUE_WORD: Final = re.compile(r"[^\s,;()<>–—]+")
_TIME: Final = re.compile(
    r"\d[\d.:/-]*(?:st|nd|rd|th|am|pm|h)?|from|to|until|till|von|bis|am|pm|uhr|um|de|du|a|à|-|\w+/\w+"
    r"|utc|gmt(?:[+-][\d:]+)?|ces?t",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"\d{4}|\d+[./-]\d+(?:[./-]\d*)?")
_DRAWN: Final = re.compile(r"[\W_]++")


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """The answer that a calendar gave, and the words that its user added there."""

    answer: str
    comment: str = ""
    text_is_its_own: bool = False
    invitation: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        return f"a calendar reply: {self.answer}" if self.answer else "a calendar reply"

    def has_words(self, words: str) -> bool:
        """Tell whether a person wrote something: into the calendar, or into the text that `words` are."""
        return bool(self.comment) or not (self.text_is_its_own or _is_of_calendars(words, self.invitation))


def calendar_reply_in(
    raw: bytes, fields: Sequence[Field], parts: Sequence[Part], subject: str
) -> CalendarReply | None:
    """Read the calendar's reply that a mail is. One that somebody attached to a mail of theirs is a file."""
    calendars = _calendars(parts)
    for text in _replies(raw, calendars):
        answer = _ANSWER.search(text)
        named = _ANSWERS.get(answer[1].upper(), "") if answer else ""
        return CalendarReply(named, _comment(text), bool(_BY_GOOGLE.search(text)), _invitation(text, subject))
    if calendars or (first(fields, "content-class") or b"").strip().lower() != _EXCHANGES:
        return None
    found = _SUBJECT.match(subject)
    if found is None:
        return None
    return CalendarReply(_ANSWERS[(found.lastgroup or "").upper()], invitation=_invitation("", subject))


def with_comment(text: str, raw: bytes, parts: Sequence[Part]) -> str:
    """The text of a mail, headed by what its author wrote into a calendar's reply and stands nowhere else."""
    comment = next(map(_comment, _replies(raw, _calendars(parts))), "")
    told = not comment or " ".join(comment.split()) in " ".join(text.split())
    return text if told else f"{comment}\n\n{text}".strip()


def _calendars(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.content_type in _TYPES and part.disposition != "attachment"]


def _replies(raw: bytes, calendars: Sequence[Part]) -> Iterator[str]:
    for part in calendars[:_MOST_PARTS]:
        text = _FOLD.sub("", text_of(raw, part, _READ_BYTES)[0])
        method = _METHOD.search(text)
        said = method[1] if method else part.parameters.get("method", "")
        if said.strip().upper() == "REPLY":
            yield text


def _comment(text: str) -> str:
    return "\n".join(dict.fromkeys(_comments(text)))[:_COMMENT_CHARS].strip()


def _comments(text: str) -> Iterator[str]:
    """The words that somebody typed into their calendar (RFC 5545 §3.8.1.4), and where Google keeps them."""
    for pattern in (_COMMENT, _GOOGLES_COMMENT):
        found = pattern.search(text)
        if found:
            yield _ESCAPED.sub(lambda each: "\n" if each[1] in "nN" else each[1], found[1]).strip()


def _invitation(text: str, subject: str) -> tuple[str, ...]:
    """Collect what the invitation says, as texts to find a detail in."""
    fields = [
        _ESCAPED.sub(lambda each: " " if each[1] in "nN" else each[1], found) for found in _fields(text)
    ]
    return tuple(" ".join(each.lower().split()) for each in (subject, *fields))


def _fields(text: str) -> Iterator[str]:
    for each, _ in zip(_OF_INVITATION.finditer(text), range(_MOST_LINES), strict=False):
        # What Google lets a person type stands in this field too.
        yield _GOOGLES_TYPED.sub("", each[1])


def _is_detail(line: str, invitation: Sequence[str]) -> bool:
    """Tell whether a line holds what the invitation says, or its time, below a calendar's word for that."""
    detail = _DETAIL.fullmatch(line)
    if detail is None:
        return False
    value = " ".join(detail[1].lower().split())
    if any(value in each for each in invitation):
        return True
    said = [each.strip(".") for each in _VALUE_WORD.findall(value)]
    times = all(each in DATES or _TIME.fullmatch(each) for each in said)
    return times and any(each in DATES or _DAY.fullmatch(each) for each in said)


def _is_of_calendars(words: str, invitation: Sequence[str]) -> bool:
    """Tell whether calendars write all these lines by themselves."""
    lines = [line.strip() for line in words.split("\n", _MOST_LINES) if line.strip()]
    return len(lines) < _MOST_LINES and all(
        len(line) < 400
        and (_DRAWN.fullmatch(line) or _STATED.fullmatch(line.rstrip(".")) or _is_detail(line, invitation))
        for line in lines
    )
