"""What the desk does with words once they were read: each pattern of its rooms, each function over a text.

Patterns are found by reading the modules, with the methods that these call them by, so a new one is measured
without being named here.
"""

from __future__ import annotations

import collections
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from types import ModuleType
from zoneinfo import ZoneInfo

import maildesk.casework
import maildesk.daemon
import maildesk.desk
from bench.reading.speed import read_all
from bench.reading.structures import TOP, Structure
from maildesk.desk.letters.answer_text import PrivateAddresses, signature_of
from maildesk.desk.letters.letter_context import QuotedMail, shortened
from maildesk.desk.letters.letter_html import html_of
from maildesk.desk.letters.template_files import indent_quote, sentence
from maildesk.desk.policy.case_types import Priority
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.policy.people import People, Person
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.typed_people import addresses_first, agent_called, team_called
from maildesk.desk.policy.whole_words import WordList, fold
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.typed_times import until
from maildesk.desk.screening.blanks import BLANK
from maildesk.desk.screening.command_lines import read_commands
from maildesk.desk.screening.filled_forms import read_forms
from maildesk.desk.screening.heard import WordsWanted, hear
from maildesk.desk.screening.request_words import request_words
from maildesk.desk.screening.short_replies import short_reply
from maildesk.desk.screening.yes_or_no import answer_in
from maildesk.errors import MaildeskError
from maildesk.mail.html.rich_words import rich_words
from maildesk.mail.message import Automation, Body
from maildesk.mail.our_marks import LETTER_BEGIN, hide_end, with_marks

ROOMS = (maildesk.desk, maildesk.casework, maildesk.daemon)
MOST = 128 * 2**10


@dataclass(frozen=True, slots=True)
class WordReader:
    """Something that runs over a text."""

    name: str
    read: Callable[[str], object]

    def of_bytes(self, raw: bytes) -> object:
        return self.read(raw.decode())


# --- patterns ---------------------------------------------------------------------------------------

_CALLED: dict[str, Callable[[re.Pattern[str], str], object]] = {
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "search": lambda pattern, text: pattern.search(text),
    "findall": lambda pattern, text: pattern.findall(text),
    "finditer": lambda pattern, text: collections.deque(pattern.finditer(text), 0),
    "sub": lambda pattern, text: pattern.sub("", text),
    "split": lambda pattern, text: pattern.split(text),
}


def modules() -> Iterator[ModuleType]:
    """Every module of the rooms that come after reading."""
    for room in ROOMS:
        for each in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(each.name)


def patterns_of(module: ModuleType, source: str) -> Iterator[WordReader]:
    """The patterns that a module keeps, as its source calls them: a search tries every place of a text."""
    for name, value in vars(module).items():
        for pattern in value if isinstance(value, tuple | list) else (value,):
            if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                calls = set(re.findall(rf"\b{name}\.(\w+)\(", source)) & _CALLED.keys() or {"search"}
                for call in sorted(calls):
                    yield _pattern_reader(f"{module.__name__}.{name}.{call}", pattern, call)


def _pattern_reader(name: str, pattern: re.Pattern[str], call: str) -> WordReader:
    return WordReader(name, lambda text: _CALLED[call](pattern, text))


# --- functions --------------------------------------------------------------------------------------

_NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
_ANA = Person("Ana Souza", "ana@acme.example")
_PEOPLE = People(agents=(_ANA,))
_WORDS = WordList(("escalate", "data loss", "上级", "höhere Stelle"))
_CALENDAR = BusinessCalendar(ZoneInfo("UTC"), ((Window(9 * 60, 17 * 60),),) * 5 + ((), ()))
_DESK = Desk(
    name="Acme Support",
    address="support@acme.example",
    tag="Acme",
    zone="UTC",
    policy=Policy("Acme", _CALENDAR, (Priority("normal", 1),), "normal"),
    people=_PEOPLE,
    mailboxes={"support": Mailbox("support", "support@acme.example", "+")},
)
_PRIVATE = PrivateAddresses(_DESK)
_FORM = Form(
    "Escalate", (FormField("Word", FormKind.CASE), FormField("Yes", FormKind.TEXT)), subject="Escalate"
)
_AGENTS = read_all(TOP.replace(b"ana@client.example\r", b"ana@acme.example\r") + b"\r\nhi")


def _heard(text: str) -> object:
    body = Body(text, text, own_text=text)
    said = replace(_AGENTS, body=body, automation=Automation(reply_allowed=False))
    return hear(said, WordsWanted(_WORDS, _PEOPLE, EscalationPolicy(_WORDS)))


def _short_reply(text: str) -> object:
    return short_reply(replace(_AGENTS, body=Body(text, text)), _WORDS)


def _or_refused(read: Callable[[str], object]) -> Callable[[str], object]:
    def tried(text: str) -> object:
        try:
            return read(text)
        except MaildeskError as problem:
            return problem

    return tried


def functions() -> Iterator[WordReader]:
    """Whatever is given a text as somebody wrote it."""
    yield WordReader("hear", _heard)
    yield WordReader("short_reply", _short_reply)
    yield WordReader("read_forms", lambda text: read_forms(text, [_FORM]))
    yield WordReader("request_words", request_words)
    yield WordReader("EscalationPolicy.wish_in", EscalationPolicy(_WORDS).wish_in)
    yield WordReader("read_commands", read_commands)
    yield WordReader("read_commands below words", lambda text: read_commands(f"words\n{text}"))
    yield WordReader("answer_in", answer_in)
    yield WordReader("fold", fold)
    yield WordReader("Words.all_in", _WORDS.all_in)
    yield WordReader("html_of", html_of)
    yield WordReader("rich_words", lambda text: rich_words(text, f"<p>{escape(text)}</p>", {}))
    yield WordReader("shortened", lambda text: shortened(QuotedMail(_NOW, "", text), MOST))
    yield WordReader("indent_quote", indent_quote)
    yield WordReader("sentence", sentence)
    yield WordReader("PrivateAddresses.hide", lambda text: _PRIVATE.hide(text, "support@acme.example"))
    yield WordReader("PrivateAddresses.hide_in_name", lambda text: _PRIVATE.hide_in_name(text, "a@b.example"))
    yield WordReader("signature_of", lambda text: signature_of(_ANA, text, ""))
    yield WordReader("spans.until", _or_refused(lambda text: until(text, _NOW, "UTC")))
    yield WordReader("addresses_first", _or_refused(addresses_first))
    yield WordReader("agent_called", _or_refused(lambda text: agent_called(_PEOPLE, text)))
    yield WordReader("team_called", lambda text: team_called(_PEOPLE, text))
    yield WordReader("with_marks", with_marks)
    yield WordReader("hide_end", hide_end)
    yield WordReader("strip", lambda text: text.strip(BLANK))


# --- what they are given ----------------------------------------------------------------------------

_FILLINGS = {
    "letters": "a", "words": "word ", "blanks": " ", "tabs": "\t", "no-break spaces": "\u00a0",
    "lines": "x\n",
    "blank lines": "\n", "lines of blanks": "   \n", "hashes": "#", "hashes and blanks": "# ",
    "commands": "#note ",
    "lines of commands": "#note\n", "lines of mistyped commands": "#clsoe a\n",
    "words of hashes": "#abcdefgh\n",
    "accents": "\u0301\u0316", "marks of no width": "\u200b", "dashes": "-",
    "dashes and letters": "-a", "stars": "*",
    "feet": "end of this ", "feet in pieces": "end - of - this - ", "yes": "yes ", "yes and lines": "yes\n",
    "quotes": "> ", "at": "a@b.example ", "signs": "@", "details": "support+", "until": "until ",
    "commas": ", ",
    "letters that grow": "\ufdfa", "wide": "＃ａ　", "words of the policy": "xescalate ", "dots": "a.",
    "and": "and,", "refusals": "please do not escalate ", "words half refused": "do not escalate ",
    "banners": "caution: this email originated from outside x\n\n",
    "labels of banners": "caution: warning: ", "advice": "if it is suspicious\n\n", "drawn lines": "____\n",
    "paths": "a.a/", "links": "https://a ", "a drawn line": "_",
    "lines of forms": "yes: a\n", "forms in one line": "yes: word: ",
    "letters of ours": LETTER_BEGIN, "quoted letters of ours": f"> {LETTER_BEGIN}\n",
    "numbers": "1. ", "with": "with ", "months": "1 mar",
}  # fmt: skip
_FRAMES = {
    "alone": ("", ""),
    "after a command": ("#note a", "b"),
    "after a yes": ("yes", "!x"),
    "after a notice": ("this notice ", "x"),
    "in an address": ("support+", "@acme.example"),
}


def texts(most: int = MOST) -> Iterator[Structure]:
    """Texts that may be made long, each of the fillings in each of the frames."""
    for frame, (head, tail) in _FRAMES.items():
        for name, filling in _FILLINGS.items():
            yield Structure(f"{name}, {frame}", _build(head, filling, tail), most)


def _build(head: str, filling: str, tail: str) -> Callable[[int], bytes]:
    return lambda size: (head + filling * (size // len(filling.encode())) + tail).encode()


def readers() -> Iterator[WordReader]:
    """Everything there is to measure."""
    for module in modules():
        yield from patterns_of(module, inspect.getsource(module))
    yield from functions()
