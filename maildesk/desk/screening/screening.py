"""The people who may join a case, and those who may act: the table of design §6, row by row, as data.

Three tables decide every mail. `FIRST_ROWS` are read from the top and settle what does not depend on
who wrote: repeats, machines. `DESK_ROWS` are then read for people of the desk: confirmations, rights,
replays. The rest is looked up in `TABLE` by (who, signal, how well we know the sender). An outcome says
what to do; `deciding` does it.
"""

from __future__ import annotations

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import ENTERED, WROTE_FIRST
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import may_act
from maildesk.desk.screening.choosing import chooses
from maildesk.desk.screening.clicks import is_click, is_of_asked, is_of_failed
from maildesk.desk.screening.joining import customers_written_to
from maildesk.desk.screening.outcomes import Outcome, Row, ScreeningResult, Signal
from maildesk.desk.screening.persons_words import is_heard, is_newsletter, is_surely_absent, only_looks
from maildesk.desk.screening.situation import (
    Confirmation,
    Link,
    Sameness,
    Situation,
    Who,
    returned_own_token,
    who_is,
)
from maildesk.desk.screening.yes_or_no import Answer
from maildesk.mail.addr_spec import same_address
from maildesk.mail.message import AutomaticKind, Standing


def _bounced(s: Situation) -> bool:
    automatic, bounce = s.mail.automation.automatic, s.mail.automation.bounce
    return bounce is not None or (automatic is not None and automatic.kind is AutomaticKind.BOUNCE)


def _automatic(s: Situation) -> bool:
    return s.mail.automation.automatic is not None


def _answers_for_somebody(s: Situation, people: People) -> bool:
    """A note of somebody away that no other field gives away; for our people there are other rows."""
    absent = s.mail.automation.sounds_absent and is_surely_absent(s.mail)
    return absent and _points_safely(s, people) and _may_open(s, people)


def _points_safely(s: Situation, people: People) -> bool:
    """A machine's mail joins a case by token or thread; by less when its author is a party or of the desk."""
    found = s.found
    if found is None:
        return False
    known = found.case.party(s.author) is not None or people.is_desk_person(s.author)
    known = known and not s.mail.author.via
    return found.link not in (Link.TAG, Link.HINT) or known


def _may_open(s: Situation, people: People) -> bool:
    """A desk person's mail never opens a case, written by a machine or under another's Message-ID neither."""
    return not people.is_desk_person(s.author)


def _hinted(s: Situation) -> bool:
    return s.found is not None and s.found.link is Link.HINT


def _reused(s: Situation) -> bool:
    return s.repeat.same is Sameness.REUSED_BY_AUTHOR and s.repeat.earlier is not None


def _says_no_more(s: Situation, people: People) -> bool:
    """Tell whether it is the same but for how it may be answered; an agent gets no answer anyway."""
    answered = s.repeat.same is Sameness.AFTER_QUIET and (
        people.is_desk_person(s.author) or not s.repeat.unheard
    )
    return s.repeat.earlier is not None and (s.repeat.same is Sameness.COPY or answered)


def _is_heard_first(s: Situation, people: People) -> bool:
    """A copy opened the case; a mail that points elsewhere goes where it points.

    A copy that somebody led to a silent case of theirs opened nothing: that case is asked for by another.
    """
    earlier = s.repeat.earlier
    if (
        s.repeat.same not in (Sameness.AFTER_MACHINE, Sameness.AFTER_QUIET)
        or not earlier
        or not s.repeat.unheard
    ):
        return False
    replies_to = (each.address for each in s.mail.addressing.reply_to)  # of a form, who asks
    if not any(map(earlier.is_requester, (s.author, *replies_to))):
        return False
    elsewhere = s.found is not None and s.found.link is not Link.HINT and s.found.case.ref != earlier.ref
    customers = _may_open(s, people) and not people.is_own(s.author)
    return customers and _trusted_person(s) and not elsewhere


FIRST_ROWS: tuple[Row, ...] = (
    Row("same-delivery", lambda s, _: s.repeat.same is Sameness.SEEN, Outcome.SEEN),
    Row("same-content", lambda s, _: s.repeat.same is Sameness.DUPLICATE, Outcome.DUPLICATE),
    Row("answer", is_of_asked, Outcome.COUNT_ANSWER),
    Row("sender-failed", is_of_failed, Outcome.ATTACH_UNVERIFIED),
    Row("answer-of-another", is_click, Outcome.ATTACH_ANSWER),
    Row("copy", _says_no_more, Outcome.KEEP_COPY),
    Row("after-copy", _is_heard_first, Outcome.JOIN_AS_FIRST),
    Row(
        "replayed",
        lambda s, p: _reused(s) and p.is_desk_person(s.author) and not s.mail.by_machine,
        Outcome.REFUSE,
    ),
    Row("dup-message-id", lambda s, _: _reused(s), Outcome.FLAG_REUSED_ID),
    Row("bounce-of-ours", lambda s, p: _bounced(s) and _points_safely(s, p), Outcome.ATTACH_BOUNCE),
    Row("bounce", lambda s, p: _bounced(s) and _may_open(s, p), Outcome.OPEN_BOUNCE),
    Row("newsletter", lambda s, p: is_newsletter(s) and _may_open(s, p), Outcome.OPEN_SET_ASIDE),
    Row("automatic", lambda s, p: is_heard(s, p) and _points_safely(s, p), Outcome.ATTACH_HEARD),
    Row("automatic", is_heard, Outcome.OPEN_HEARD),
    Row("automatic", lambda s, p: _automatic(s) and _points_safely(s, p), Outcome.ATTACH_AUTOMATIC),
    Row("automatic", lambda s, p: _automatic(s) and _may_open(s, p), Outcome.OPEN_AUTOMATIC),
    Row("absence-note", _answers_for_somebody, Outcome.ATTACH_AUTOMATIC),
    Row("own-echo", lambda s, p: s.evidence.ours and _points_safely(s, p), Outcome.ATTACH_AUTOMATIC),
    Row(
        "dup-message-id",
        lambda s, p: s.repeat.same is Sameness.REUSED_BY_OTHER and _may_open(s, p),
        Outcome.OPEN_REUSED_ID,
    ),
    Row("through-a-group", lambda s, _: bool(s.mail.author.via) and _hinted(s), Outcome.OPEN_MENTIONING),
)


def _returned(s: Situation) -> Confirmation | None:
    """The kept mail that a desk person answers for; neither a machine nor a sender who failed does."""
    return s.inquiry.confirmation if _trusted_person(s) and not s.heard.machine_like else None


def _trusted_person(s: Situation) -> bool:
    return s.mail.author.standing is not Standing.FAILED and not s.mail.by_machine


def _confirmed(s: Situation) -> bool:
    return s.inquiry.confirmed and _trusted_person(s)


def _answers(s: Situation, answer: Answer) -> bool:
    return _returned(s) is not None and s.heard.answer is answer


def _of_another(s: Situation, _: People) -> bool:
    kept = _returned(s)
    return kept is not None and not same_address(kept.author, s.author)


def _used(s: Situation, _: People) -> bool:
    kept = _returned(s)
    return kept is not None and (kept.answered or not kept.kept)


def _expired(s: Situation, _: People) -> bool:
    """Tell whether the word came too late: when it reached the mailbox counts, not when we got to it."""
    kept = _returned(s)
    return kept is not None and min(s.received, s.now) >= kept.expires_at


def _shown_question(s: Situation, _: People) -> bool:
    """Tell whether others were shown the question: they could answer it in that agent's name."""
    kept = _returned(s)
    return kept is not None and kept.shown


def _returned_shown(s: Situation, _: People) -> bool:
    return _trusted_person(s) and s.found is not None and s.found.shown


def _asked(s: Situation, people: People) -> bool:
    """Tell whether somebody of another team was asked about the case: they may speak, and do no more."""
    party = s.found.case.party(s.author) if s.found else None
    return party is not None and party.role is PartyRole.CONSULTED and _without_right(s, people)


def _looks_back(s: Situation, people: People) -> bool:
    """Tell whether somebody answers what their team was asked of an escalation: their words alone count."""
    asks = s.inquiry.consultation
    theirs = asks is not None and asks.letter == LetterKind.AFTERWARDS and asks.of_author
    machine = s.heard.machine_like and not s.inquiry.confirmed
    return theirs and not machine and _trusted_person(s) and _surely_theirs(s, people)


def _surely_theirs(s: Situation, people: People) -> bool:
    """Tell whether a desk person's mail is vouched for, answers their letter, or was answered for since."""
    return s.mail.author.standing is Standing.VOUCHED or s.inquiry.confirmed or returned_own_token(s, people)


def _without_right(s: Situation, people: People) -> bool:
    return _trusted_person(s) and s.found is not None and not may_act(people, s.author, s.found.case)


def _answers_itself(s: Situation, _: People) -> bool:
    """An absence note whose header does not say so; asked about it, its author's machine answers that too."""
    silent = s.inquiry.confirmation is not None or s.heard.absence_note
    return s.found is not None and not s.inquiry.confirmed and silent and _may_be_machine(s)


def _sounds_absent(s: Situation, people: People) -> bool:
    """Tell whether an agent may have said it themselves: they are asked if the customer is to read it."""
    return returned_own_token(s, people) and not s.inquiry.confirmed and _may_be_machine(s)


def _may_be_machine(s: Situation) -> bool:
    return _trusted_person(s) and s.heard.machine_like


def _passes_on(s: Situation, people: People) -> bool:
    """An agent passes on a customer's mail about no case yet; an agent's own is no customer's.

    There is no token in it: it needs somebody who vouches for the agent, or the agent's word.
    """
    passed = s.mail.body.passed_on
    if s.found is not None or passed is None or not _trusted_person(s):
        return False
    ours = people.is_own(passed.author.address) or people.is_desk_person(passed.author.address)
    return not ours and _surely_theirs(s, people)


def _writes_first(s: Situation, people: People) -> bool:
    """An agent writes to a customer about no case yet and copies the desk; there is no token in it either."""
    if s.found is not None or not _trusted_person(s) or people.agent(s.author) is None:
        return False
    person = s.inquiry.confirmed or not s.heard.machine_like
    return person and bool(customers_written_to(s.mail, people)) and _surely_theirs(s, people)


def _enters_case(s: Situation, people: People) -> bool:
    """Somebody enters by #new what a customer said in another way than by mail; no token is in that either.

    Who copies the customer writes to them first: they have read the command.
    """
    if s.found is not None or not _trusted_person(s) or s.heard.said.entering is None:
        return False
    copied = bool(customers_written_to(s.mail, people))
    return not copied and not s.heard.absence_note and _surely_theirs(s, people)


DESK_ROWS: tuple[Row, ...] = (
    Row("absence-note", _answers_itself, Outcome.ATTACH_AUTOMATIC),
    Row("confirmation-of-another", _of_another, Outcome.REFUSE),
    Row("confirmation-used", _used, Outcome.REFUSE),
    Row("confirmation-expired", _expired, Outcome.REFUSE),
    Row("confirmation-shown", _shown_question, Outcome.REFUSE),
    Row("declined", lambda s, _: _answers(s, Answer.NO), Outcome.DECLINE),
    Row("confirmed", lambda s, _: _answers(s, Answer.YES), Outcome.CONFIRM),
    Row("confirmation-unclear", lambda s, _: bool(_returned(s)), Outcome.REFUSE),
    Row("asked-afterwards", _looks_back, Outcome.KEEP_ANSWER),
    Row("asked", lambda s, p: _asked(s, p) and _surely_theirs(s, p), Outcome.KEEP_ANSWER),
    Row("no-token", _asked, Outcome.KEEP_NOTE),
    Row("not-your-team", _without_right, Outcome.REFUSE),
    Row("replayed", lambda s, _: s.evidence.replayed and _trusted_person(s), Outcome.REFUSE),
    Row("may-be-automatic", _sounds_absent, Outcome.ASK_CONFIRMATION),
    Row("looked", only_looks, Outcome.LOOK),
    Row("chosen", lambda s, p: chooses(s) and _trusted_person(s) and _surely_theirs(s, p), Outcome.CHOOSE),
    Row("no-agent", lambda s, p: _enters_case(s, p) and not p.agent(s.author), Outcome.REFUSE),
    Row(ENTERED, _enters_case, Outcome.OPEN_ENTERED),
    Row("forwarded", _passes_on, Outcome.OPEN_FORWARDED),
    Row(WROTE_FIRST, _writes_first, Outcome.OPEN_WRITTEN),
    Row("no-case", lambda s, _: _confirmed(s) and s.found is None, Outcome.REFUSE),
    Row("confirmed", lambda s, _: _confirmed(s), Outcome.ACT),
    Row("token-shown", _returned_shown, Outcome.ASK_CONFIRMATION),
)
"""Questions to a desk person's mail before the table: their word, then rights, then repeats."""

_VOUCHED, _UNKNOWN, _FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
_ANY_SIGNAL = (Signal.TAG, Signal.LINKED)

TABLE: dict[tuple[Who, Signal, Standing], tuple[Outcome, str]] = {
    (Who.STRANGER, Signal.NONE, _VOUCHED): (Outcome.OPEN, "no-signal"),
    (Who.STRANGER, Signal.NONE, _UNKNOWN): (Outcome.OPEN_FIXED_WORDS, "no-signal"),
    (Who.STRANGER, Signal.NONE, _FAILED): (Outcome.OPEN_FLAGGED, "sender-failed"),
    **{
        (Who.PARTY, signal, standing): (Outcome.JOIN, "party")
        for signal in _ANY_SIGNAL
        for standing in (_VOUCHED, _UNKNOWN)
    },
    **{(Who.PARTY, signal, _FAILED): (Outcome.ATTACH_UNVERIFIED, "sender-failed") for signal in _ANY_SIGNAL},
    (Who.WORKMATE, Signal.LINKED, _VOUCHED): (Outcome.JOIN_AS_PARTY, "same-company"),
    (Who.WORKMATE, Signal.LINKED, _UNKNOWN): (Outcome.JOIN_AS_PARTY, "same-company"),
    (Who.WORKMATE, Signal.LINKED, _FAILED): (Outcome.OPEN_MENTIONING, "sender-failed"),
    (Who.STRANGER, Signal.LINKED, _VOUCHED): (Outcome.ATTACH_THIRD_PARTY, "stranger"),
    (Who.STRANGER, Signal.LINKED, _UNKNOWN): (Outcome.ATTACH_THIRD_PARTY, "stranger"),
    (Who.STRANGER, Signal.LINKED, _FAILED): (Outcome.OPEN_MENTIONING, "sender-failed"),
    (Who.STRANGER, Signal.TAG, _VOUCHED): (Outcome.OPEN_MENTIONING, "tag-by-stranger"),
    (Who.STRANGER, Signal.TAG, _UNKNOWN): (Outcome.OPEN_MENTIONING, "tag-by-stranger"),
    (Who.STRANGER, Signal.TAG, _FAILED): (Outcome.OPEN_MENTIONING, "sender-failed"),
    **{
        (who, Signal.HINT, standing): (Outcome.OPEN_MENTIONING, "thread-elsewhere")
        for who in (Who.STRANGER, Who.PARTY)
        for standing in (_VOUCHED, _UNKNOWN)
    },
    **{
        (who, Signal.HINT, _FAILED): (Outcome.OPEN_MENTIONING, "sender-failed")
        for who in (Who.STRANGER, Who.PARTY)
    },
    **{
        (Who.CONSULTED, signal, standing): (Outcome.KEEP_ANSWER, "asked")
        for signal in (Signal.HINT, *_ANY_SIGNAL)
        for standing in (_VOUCHED, _UNKNOWN)
    },
    **{
        (Who.CONSULTED, signal, _FAILED): (Outcome.ATTACH_UNVERIFIED, "sender-failed")
        for signal in (Signal.HINT, *_ANY_SIGNAL)
    },
    **{
        (Who.EX_AGENT, signal, standing): (Outcome.REFUSE, "ex-agent")
        for signal in (Signal.HINT, *_ANY_SIGNAL)
        for standing in Standing
    },
    (Who.DESK, Signal.OWN_TOKEN, _VOUCHED): (Outcome.ACT, "own-token"),
    (Who.DESK, Signal.OWN_TOKEN, _UNKNOWN): (Outcome.ACT, "own-token"),
    (Who.DESK, Signal.OWN_TOKEN, _FAILED): (Outcome.REFUSE, "sender-failed"),
    **{
        (Who.DESK, signal, standing): (Outcome.KEEP_NOTE, "no-token")
        for signal in (Signal.NONE, Signal.HINT, *_ANY_SIGNAL)
        for standing in (_VOUCHED, _UNKNOWN)
    },
    **{
        (Who.DESK, signal, _FAILED): (Outcome.REFUSE, "sender-failed")
        for signal in (Signal.NONE, Signal.HINT, *_ANY_SIGNAL)
    },
}
"""The table of design §6, a cell a line. What stands in no cell is a mistake in the code, not a default."""


def screen(situation: Situation, people: People) -> ScreeningResult:
    """Decide what to do with a mail, with the reason."""
    who = who_is(situation, people)
    for row in _rows(situation, who):
        if row.holds(situation, people):
            return ScreeningResult(_as_form(row.outcome, situation), row.reason, who)
    standing = situation.mail.author.standing
    outcome, reason = TABLE[who, _signal(situation, who, people), standing]
    return ScreeningResult(_as_form(_refined(outcome, situation), situation), reason, who)


def _rows(situation: Situation, who: Who) -> tuple[Row, ...]:
    """The rows to read first. What its author confirmed or asks for was read by all when it was kept."""
    if who is not Who.DESK:
        return FIRST_ROWS
    inquiry = situation.inquiry
    read = (inquiry.confirmed or inquiry.wanted) and _trusted_person(situation)
    return DESK_ROWS if read else (*FIRST_ROWS, *DESK_ROWS)


def _signal(situation: Situation, who: Who, people: People) -> Signal:
    found = situation.found
    if who is Who.DESK and returned_own_token(situation, people):
        return Signal.OWN_TOKEN
    if not found:
        return Signal.NONE
    return _SIGNALS.get(found.link, Signal.LINKED)


_SIGNALS = {Link.TAG: Signal.TAG, Link.HINT: Signal.HINT}


FORM_OUTCOMES: dict[Outcome, Outcome] = {
    **dict.fromkeys((Outcome.JOIN, Outcome.JOIN_AS_PARTY), Outcome.FILL_FORM),
    **dict.fromkeys(
        (
            Outcome.OPEN,
            Outcome.OPEN_FIXED_WORDS,
            Outcome.OPEN_FLAGGED,
            Outcome.OPEN_MENTIONING,
            Outcome.OPEN_REUSED_ID,
            Outcome.OPEN_BOUNCE,
            Outcome.OPEN_AUTOMATIC,
            Outcome.OPEN_HEARD,
            Outcome.OPEN_SET_ASIDE,
        ),
        Outcome.RETURN_FORM,
    ),
}
"""The outcome of a mail that is a form, where it would open a case or join one by itself."""


def _as_form(outcome: Outcome, situation: Situation) -> Outcome:
    return FORM_OUTCOMES.get(outcome, outcome) if situation.form else outcome


def _refined(outcome: Outcome, situation: Situation) -> Outcome:
    """The two cells with a condition of their own: proven addresses, and a named authserv-id."""
    proven = situation.author in situation.evidence.proven
    if outcome is Outcome.OPEN_FIXED_WORDS and proven and not situation.evidence.host_named:
        return Outcome.OPEN
    unvouched = situation.mail.author.standing is Standing.UNKNOWN
    if outcome is Outcome.ACT and unvouched and situation.evidence.host_named:
        return Outcome.ASK_CONFIRMATION
    return outcome
