"""Policy files: what they become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from maildesk.config.policy_laws import LETTERS, NamedInConfig
from maildesk.desk.case.case import Phase
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.shown_form import shown_form
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.escalation import DEFAULT_ESCALATION_WORDS
from maildesk.desk.policy.escalation_path import EscalationPath, Level, Start
from maildesk.desk.policy.forms import FormKind
from maildesk.desk.policy.policy import QUIET, FirstLetter, LetterVariants, Reopening
from maildesk.desk.policy.questions import Outcome, Step
from maildesk.desk.policy.requirements import Requirements
from maildesk.desk.policy.rules import Assignment, MailFacts, RequesterFrom, classify
from maildesk.desk.policy.statuses import DEFAULT_STATUSES, By, Status
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.usual_questions import USUAL_OUTCOMES
from maildesk.desk.promises.calendar import Window
from maildesk.desk.promises.promised import Promised, PromiseRow, WarnBefore
from maildesk.desk.promises.spans import Span
from maildesk.mail.addr_spec import Addresses
from tests.unit.config.conftest import ReadsPolicy, changed_policy


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_minimal_policy_has_the_defaults(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(changed_policy(), timezone="Europe/Lisbon")
    assert policy.priorities == (Priority("high", 1, "Soon."), Priority("low", 2, "Later."))
    assert policy.promises == (PromiseRow({Promised.FIRST_RESPONSE: Span.parse("4h")}, priority=("high",)),)
    assert policy.calendar.zone.key == "Europe/Lisbon"
    assert policy.calendar.hours == ((Window(540, 1020),),) * 5 + ((), ())
    assert policy.statuses == DEFAULT_STATUSES
    assert policy.escalation.words.words == DEFAULT_ESCALATION_WORDS
    assert (policy.types, policy.rules, policy.default_type, policy.default_team) == ({}, (), None, None)
    assert (policy.quiet, policy.reopening, policy.answering_takes) == (QUIET, Reopening(), True)
    assert (policy.first_letter, policy.outcomes) == (FirstLetter(), USUAL_OUTCOMES)
    assert list(policy.questions) == ["solved", "agreed", "survey"]
    assert policy.availability is None


@pytest.mark.parametrize(("written", "share"), [("99%", 99), ("99.5 %", 99.5), ("100%", 100)])
def test_a_desk_promises_to_hear_from_its_mailboxes(
    reads_policy: ReadsPolicy, written: str, share: float
) -> None:
    assert reads_policy(changed_policy() + f"\navailability: {written}\n").availability == share


def test_a_full_policy_becomes_the_desks_value(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(
        changed_policy("  hours", "  timezone: Asia/Tokyo\n  hours")
        + """
types: {bug: "Broken."}
default_type: bug
default_team: support
escalation: {words: [reclamação], refusals: [abaixo a reclamação]}
rules:
  - name: the form
    when: {sender: form@acme.example, mailbox: [support]}
    then: {requester: reply-to, owner: Ana@acme.example}
  - {name: clean, when: {spam: false}, then: {priority: low}}
  - {name: stuck, when: {words: down}, then: {priority: high, team: support, type: bug}}
""",
        known=NamedInConfig(frozenset({"support"}), Addresses({"ana@acme.example"}), frozenset({"support"})),
    )
    assert policy.calendar.zone.key == "Asia/Tokyo"
    assert policy.types == {"bug": CaseType("bug", "Broken.")}
    assert (policy.default_type, policy.default_team) == ("bug", "support")
    assert policy.escalation.wish_in("RECLAMAÇÃO!").word == "reclamação"
    assert policy.escalation.wish_in("abaixo a reclamação").refusal == "abaixo a reclamação"
    form = MailFacts("form@acme.example", "support", "", policy.vocabulary.all_in("All is DOWN."), spam=True)
    assert classify(policy.rules, form) == Assignment(
        priority="high",
        team="support",
        type="bug",
        requester=RequesterFrom.REPLY_TO,
        owner="Ana@acme.example",
        because=("the form", "stuck"),
    )


SCALES = """\
name: Acme
calendar: {hours: {mon-fri: 09:00-17:00}, releases: [2027-01-14, 2026-12-03, 2026-12-03]}
plans: {Premium Success: [email, phone], everybody: email}
priorities: {P1 – Emergency: All stands still., P3 – Very High: Soon., Média: Later.}
default_priority: none
types:
  Request for Service: A question.
  Bug:
    means: An error.
    status: Assigned
    team: dev
    priorities: {p1: Before the release.}
    queue: after others
default_type: request
statuses:
  New: {phase: new}
  Assigned: {phase: open, clock: stops, by: [owner, lead], next: [pending, closed], tells: [lead, dev]}
  Pending Input: {phase: waiting, ask: moved, remind: [2bd, 5bd], reply: assigned}
  On hold: {phase: waiting, clock: runs, reply: stays}
  Resolved: {phase: resolved, ask: solved, after: 1w, then: {status: closed, outcome: silence}}
  Closed: {phase: closed, by: customer}
outcomes:
  solved: It works.
  silence: {means: Nothing came., ask: agreed, status: on hold, survey: false}
promises:
  - {plan: everybody, priority: [p1, media], first_response: 2h, warn_before: 30m, tells: priority}
  - {plan: premium, type: bug, resolution: never, update: 2bd, next_response: 12h day and night}
  - {account: Client Inc, resolution: 2 releases}
fields: {partner: yes or no, audience: [external, internal], seats: number, due: date}
labels: {priority: Severity, audience: Who?}
information: {picture: A picture., system: The system.}
acknowledgement: {asks: pict, when_under: 40, tells: reference}
questions:
  moved:
    text: Does it move?
    answers: {yes: {status: assigned}, perhaps: {}}
    words: {yes: [moves]}
    again: true
  survey: {text: How was it?, scale: 3, comment: Why?}
answering: leaves
quiet: never
reopening: {within: 30d, thanks: [cheers]}
escalation: {words: never}
rules:
  - name: a partner
    when: {type: bug, priority: p3, language: pt-BR, partner: true, seats: 10+, tier: gold, Audience: Intern}
    then: {status: pending, partner: true, seats: 5.0, audience: intern, note: Look twice., tell: dev,
           ask: mov}
"""


def test_every_name_is_found_in_full_where_it_is_used(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(SCALES)
    urgent, high, medium = (each.name for each in policy.priorities)
    assert policy.default_priority is None
    assert policy.default_type == "Request for Service"
    assert policy.types["Bug"] == CaseType(
        "Bug", "An error.", "Assigned", "dev", {urgent: "Before the release."}, queued_after=True
    )
    assert policy.promises == (
        PromiseRow(
            {Promised.FIRST_RESPONSE: Span.parse("2h")},
            priority=(urgent, medium),
            plan=("",),
            warn_before=WarnBefore(span=timedelta(minutes=30)),
            tells=("priority",),
        ),
        PromiseRow(
            {
                Promised.NEXT_RESPONSE: Span.parse("12h day and night"),
                Promised.UPDATE: Span.parse("2bd"),
                Promised.RESOLUTION: None,
            },
            plan=("Premium Success",),
            type=("Bug",),
        ),
        PromiseRow({Promised.RESOLUTION: Span.parse("2 releases")}, account=("Client Inc",)),
    )
    (rule,) = policy.rules
    assert (rule.when.type, rule.when.priority, rule.when.language) == (("Bug",), (high,), ("pt-BR",))
    assert rule.when.fields == {
        "partner": ("yes",), "seats": ("10+",), "tier": ("gold",), "audience": ("internal",),
    }  # fmt: skip
    assert rule.then == Assignment(
        status="Pending Input",
        fields={"partner": "yes", "seats": "5", "audience": "internal"},
        note="Look twice.",
        tell=("dev",),
        ask="moved",
    )


def test_statuses_are_the_policys_own_over_the_phases(reads_policy: ReadsPolicy) -> None:
    statuses = reads_policy(SCALES).statuses
    assert statuses.all == (
        Status("New", Phase.NEW),
        Status(
            "Assigned",
            Phase.OPEN,
            runs=False,
            by=(By.OWNER, By.LEAD),
            next=("Pending Input", "Closed"),
            tells=("lead", "dev"),
        ),
        Status(
            "Pending Input",
            Phase.WAITING,
            runs=False,
            ask="moved",
            remind=(Span.parse("2bd"), Span.parse("5bd")),
            reply="Assigned",
        ),
        Status("On hold", Phase.WAITING, runs=True, reply="stays"),
        Status(
            "Resolved",
            Phase.RESOLVED,
            runs=False,
            ask="solved",
            after=Span.parse("7d"),
            then=Then("Closed", "silence"),
        ),
        Status("Closed", Phase.CLOSED, runs=False, by=(By.CUSTOMER,)),
    )


def test_questions_lead_somewhere_and_know_the_words_of_their_answers(reads_policy: ReadsPolicy) -> None:
    questions = reads_policy(SCALES).questions
    assert list(questions) == ["moved", "survey", "solved", "agreed"]
    yes, no = questions["solved"].answers
    assert (yes.then, no.then) == (Then("Closed", "solved"), Then("Assigned"))
    assert [each.then for each in questions["agreed"].answers] == [Then("Closed"), Then("Assigned")]
    moved = questions["moved"]
    assert (moved.text, moved.once, moved.scale) == ("Does it move?", False, 0)
    assert [(each.name, each.then) for each in moved.answers] == [
        ("yes", Then("Assigned")), ("perhaps", Then()),
    ]  # fmt: skip
    assert {"yes", "ja", "moves"} <= set(moved.answers[0].words.words)
    assert moved.answers[1].words.words == ("perhaps",)
    survey = questions["survey"]
    assert (survey.text, survey.once, survey.comment) == ("How was it?", True, "Why?")
    assert [each.name for each in survey.answers] == ["1", "2", "3"]


def test_a_letter_has_variants_and_comes_once(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(
        changed_policy()
        + """
questions: {solved: {answers: {yes: {letter: testimonial}, no: {letter: sorry}}}}
letters: {reassigned: true, testimonial: {google: testimonial-google, again: never}, sorry: {}}
rules: [{name: theirs, when: {google: true}, then: {priority: low}}]
"""
    )
    assert policy.letters == {
        "testimonial": LetterVariants("testimonial-google", once=True), "sorry": LetterVariants(),
    }  # fmt: skip
    assert policy.tells_reassigned
    mail = MailFacts("bo@client.example", "support", "", frozenset(), google=True)
    assert classify(policy.rules, mail).priority == "low"
    assert classify(policy.rules, replace(mail, google=False)).priority is None


SENDING = {
    "an answer": "questions: {solved: {answers: {yes: {letter: bye}, no: {}}}}",
    "a form": "forms: {Escalate: {fields: {Number: required case}, then: {letter: bye}}}",
    "a rule": "rules: [{name: theirs, when: {google: true}, then: {letter: bye}}]",
    "silence": (
        "statuses: {New: {phase: new}, Open: {phase: open}, Resolved: {phase: resolved},"
        " Waiting: {phase: waiting, after: 7d, then: {status: Closed, letter: bye}}, Closed: {phase: closed}}"
    ),
    "a variant": (
        "rules: [{name: theirs, when: {google: true}, then: {letter: hello}}]\n"
        "letters: {hello: {google: bye}}"
    ),
}


@pytest.mark.parametrize("text", SENDING.values(), ids=SENDING)
def test_a_policy_says_which_letters_of_the_operators_own_it_sends(
    text: str, reads_policy: ReadsPolicy
) -> None:
    """Whatever may name one: `check` tries these, and a file that is none of them is told as a stray."""
    assert "bye" in reads_policy(f"{changed_policy()}\n{text}\n").own_letters


def test_every_place_that_may_name_a_letter_has_its_example() -> None:
    assert len(LETTERS) == len(SENDING) - 1  # and the variants


def test_what_is_asked_after_an_escalation_is_a_question_inside(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(changed_policy() + "\nescalation: {afterwards: What would have avoided it?}\n")
    asked = policy.questions["afterwards"]
    assert (asked.text, asked.inside, asked.answers) == ("What would have avoided it?", True, ())
    assert policy.escalation_path.afterwards == asked.text


STEPS = """
fields: {scope: text}
questions:
  cannot reproduce:
    sets: scope
    steps:
      browser: Does it exist in another browser?
      ISP: {team: Do others on the same ISP have it?}
"""


def test_a_question_in_steps_is_a_question_for_each_step(reads_policy: ReadsPolicy) -> None:
    questions = reads_policy(changed_policy() + STEPS).questions
    whole = questions["cannot reproduce"]
    browser, isp = questions["cannot reproduce: browser"], questions["cannot reproduce: ISP"]
    assert (whole.answers, whole.first) == ((), browser.name)
    assert browser.step == Step("cannot reproduce", "browser", "no", "scope", isp.name)
    assert isp.step == Step("cannot reproduce", "ISP", "no", "scope")
    assert (browser.inside, isp.inside) == (False, True)
    assert [each.name for each in browser.answers] == ["yes", "no", "cannot try"]
    assert {"nein", "can't try"} <= {word for each in isp.answers for word in each.words.words}


def test_steps_may_have_answers_of_their_own(reads_policy: ReadsPolicy) -> None:
    own = STEPS.replace("    sets", "    answers: [sim, não]\n    stops at: não\n    sets")
    browser = reads_policy(changed_policy() + own).questions["cannot reproduce: browser"]
    assert [each.name for each in browser.answers] == ["sim", "não"]
    assert browser.step
    assert browser.step.stops_at == "não"


def test_an_answer_asks_another_question(reads_policy: ReadsPolicy) -> None:
    asks = "\nquestions: {q: {text: Why?, answers: {yes: {ask: survey}, no: {}}}}\n"
    yes, no = reads_policy(changed_policy() + asks).questions["q"].answers
    assert (yes.then, no.then) == (Then(ask="survey"), Then())


def test_an_answer_to_solved_leads_where_the_policy_says(reads_policy: ReadsPolicy) -> None:
    own = "questions:\n  solved: {answers: {yes: {status: on hold}, no: {status: new}}}\n"
    solved = reads_policy(SCALES.replace("questions:\n", own)).questions["solved"]
    assert [each.then for each in solved.answers] == [Then("On hold"), Then("New")]
    assert (solved.text, "fixed" in solved.answers[0].words.words) == ("Is it solved?", True)


def test_requirements_name_a_type_a_team_and_a_status(reads_policy: ReadsPolicy) -> None:
    plain = reads_policy(changed_policy())
    assert plain.requirements == Requirements(statuses=("Not Started", "In Progress", "Shipped"))
    ours = "types: {Bug: An error., Wish: A feature.}\nrequirements: {type: wish, team: product, "
    ours += "categories: UI, statuses: [Idea, Built, There], shipped: {status: resolved}}"
    known = NamedInConfig(teams=frozenset({"product"}))
    policy = reads_policy(f"{changed_policy()}\n{ours}\n", known=known)
    statuses = ("Idea", "Built", "There")
    assert policy.requirements == Requirements("Wish", "product", ("UI",), statuses, "Resolved")


def test_the_rest_of_a_full_policy(reads_policy: ReadsPolicy) -> None:
    policy = reads_policy(SCALES)
    assert policy.plans == {"Premium Success": ("email", "phone"), "everybody": ("email",)}
    assert policy.calendar.releases == (date(2026, 12, 3), date(2027, 1, 14))
    assert policy.labels == {"priority": "Severity", "audience": "Who?"}
    assert policy.information == {"picture": "A picture.", "system": "The system."}
    assert policy.first_letter == FirstLetter(("picture",), 40, ("reference",))
    assert policy.fields == {
        "partner": CaseField("partner", FieldKind.YES_OR_NO),
        "audience": CaseField("audience", FieldKind.CHOICE, ("external", "internal"), label="Who?"),
        "seats": CaseField("seats", FieldKind.NUMBER),
        "due": CaseField("due", FieldKind.DATE),
    }
    assert policy.outcomes == {
        "solved": Outcome("solved", "It works."),
        "silence": Outcome("silence", "Nothing came.", "agreed", "On hold", survey=False),
    }
    assert (policy.answering_takes, policy.quiet) == (False, None)
    assert policy.reopening.within == Span.parse("30d")
    assert policy.reopening.thanks.words == ("cheers",)
    assert not policy.escalation.wish_in("I escalate this, escalation!")


def test_of_several_choices_in_one_chat_the_last_is_kept(reads_policy: ReadsPolicy) -> None:
    more = "fields: {mood: {choices: [happy, unhappy], keeps: last, note: UNHAPPY}}"
    mood = reads_policy(changed_policy() + more).fields["mood"]
    assert mood == CaseField("mood", FieldKind.CHOICE, ("happy", "unhappy"), keeps_last=True, note="unhappy")


@pytest.mark.parametrize(
    ("calendar", "start", "due"),
    [
        pytest.param(
            "{timezone: Europe/Lisbon, holidays: {country: PT}, closed: []",
            "2026-12-24 16:00",
            "2026-12-28 12:00",
            id="Christmas on a Friday",
        ),
        pytest.param(
            "{timezone: Europe/Berlin, holidays: {country: DE}",
            "2026-01-05 15:00",
            "2026-01-06 11:00",
            id="Epiphany is a working day in Germany",
        ),
        pytest.param(
            "{timezone: Europe/Berlin, holidays: {country: DE, region: BY}",
            "2026-01-05 15:00",
            "2026-01-07 11:00",
            id="but not in Bavaria",
        ),
        pytest.param(
            "{timezone: Europe/Oslo, holidays: {country: NO}",
            "2028-05-16 14:00",
            "2028-05-18 10:00",
            id="Norway, whose code YAML would call false",
        ),
        pytest.param(
            "{closed: [2026-03-03, 03-04]", "2026-03-02 16:00", "2026-03-05 12:00", id="days of our own"
        ),
        pytest.param(
            "{closed: [2026-03-03, 03-04]", "2027-03-02 16:00", "2027-03-03 12:00", id="one of them each year"
        ),
        pytest.param("{closed: [02-29]", "2028-02-28 16:00", "2028-03-01 12:00", id="a day of some years"),
    ],
)
def test_four_hours_pass_over_closed_days(
    reads_policy: ReadsPolicy, calendar: str, start: str, due: str
) -> None:
    policy = reads_policy(
        changed_policy("\n  hours: {mon-fri: 09:00-17:00}", f" {calendar}, hours: {{mon-fri: 09:00-17:00}}}}")
    )
    assert policy.calendar.due(utc(start), Span.parse("4h")) == utc(due)


@pytest.mark.parametrize(
    ("hours", "week"),
    [
        ("daily: 00:00-24:00", ["00:00-24:00"] * 7),
        ("mon-thu: 8:00-18:00, fri: 08:00 - 13:00", ["08:00-18:00"] * 4 + ["08:00-13:00", "", ""]),
        ("sat-sun: [09:00-12:00, 13:00–15:00], mon: closed", [""] * 5 + ["09:00-12:00 13:00-15:00"] * 2),
        ("mon: [00:00-12:00, 12:00-24:00]", ["00:00-12:00 12:00-24:00"] + [""] * 6),
    ],
)  # fmt: skip
def test_opening_hours_are_read(reads_policy: ReadsPolicy, hours: str, week: list[str]) -> None:
    policy = reads_policy(changed_policy("mon-fri: 09:00-17:00", hours))
    assert [" ".join(map(str, windows)) for windows in policy.calendar.hours] == week


FORM = """
forms:
  Escalate My Case:
    mailbox: escalations
    fields:
      Case number: required case
      Business impact: {Limited: Some work is slow., Critical: All work stops.}
      Since: required date
      Places: number
      Team: {required: [ours, yours]}
      Reason: text
    then: {letter: thanks}
  Feedback:
    subject: My feedback
    fields: {Case: case, Mood: [good, bad]}
"""


def test_forms_are_lines_of_their_kinds(reads_policy: ReadsPolicy) -> None:
    forms = reads_policy(changed_policy() + FORM).forms
    form = forms["Escalate My Case"]
    assert (form.mailbox, form.subject, form.then.letter) == ("escalations", "Escalate My Case", "thanks")
    assert [(each.label, each.kind, each.required, dict(each.choices)) for each in form.fields] == [
        ("Case number", FormKind.CASE, True, {}),
        ("Business impact", FormKind.CHOICE, False,
         {"Limited": "Some work is slow.", "Critical": "All work stops."}),
        ("Since", FormKind.DATE, True, {}),
        ("Places", FormKind.NUMBER, False, {}),
        ("Team", FormKind.CHOICE, True, {"ours": "", "yours": ""}),
        ("Reason", FormKind.TEXT, False, {}),
    ]  # fmt: skip
    assert (forms["Feedback"].mailbox, forms["Feedback"].subject) == ("", "My feedback")
    assert forms["Feedback"].of_case.label == "Case"


def test_a_form_that_is_sent_back_tells_its_choices_in_the_language_of_the_letter(
    reads_policy: ReadsPolicy,
) -> None:
    form = """
languages: [en, de]
forms: {Ask: {fields: {Case: required case, How: {bad: {en: It hurts., de: Es schmerzt.}, good: ""}}}}
"""
    policy = reads_policy(changed_policy() + form)
    order = LetterOrder(LetterKind.FORM_RETURNED, extra={"form": "Ask"})
    for language, means in ((ENGLISH, "It hurts."), (Language("de"), "Es schmerzt.")):
        shown = shown_form(order, policy, language)
        assert shown is not None
        assert shown.lines[1].choices == {"bad": means, "good": ""}


def test_a_path_of_escalations_has_its_levels_and_times(reads_policy: ReadsPolicy) -> None:
    text = """escalation:
  words: never
  starts: [agent, missed promise]
  team: support
  acknowledge: 1bd
  approval: required
  approved: {priority: hi}
  path: [{level: owner, within: 4h}, {level: Team Manager, then: {priority: high}}]
  updates: 2bd
"""
    known = NamedInConfig(teams=frozenset({"support"}), roles=frozenset({"team manager"}))
    path = reads_policy(f"{changed_policy()}\n{text}", known=known).escalation_path
    assert path == EscalationPath(
        levels=(Level("owner", Span.parse("4h")), Level("Team Manager", None, "high")),
        starts=(Start.AGENT, Start.MISSED_PROMISE),
        team="support",
        acknowledge=Span.parse("1bd"),
        approval=True,
        approved="high",
        updates=Span.parse("2bd"),
    )
    assert reads_policy(changed_policy()).escalation_path == EscalationPath()
