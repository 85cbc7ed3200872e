"""Cases at the command line: what each act does, what is printed, what JSON holds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk

LISTED = {
    "ref", "subject", "status", "phase", "priority", "type", "requester", "account", "owner", "team",
    "escalated", "arrived_at", "opened_at", "updated_at", "asked_at", "first_response_at", "resolved_at",
    "closed_at", "reopened", "due", "outcome", "fields", "requirement", "mails",
}  # fmt: skip
SHOWN = LISTED - {"mails"} | {
    "parties", "escalation", "linked", "mails", "events",
}  # fmt: skip
MAIL = {
    "direction", "message_id", "from", "to", "subject", "at", "text", "new_text", "attachments", "verdict",
    "reason",
}  # fmt: skip
TIME = re.compile(r"2026-11-23T09:3\d:\d\d\.\d{6}Z")


def letters(desk: CommandedDesk, kind: str) -> list[str]:
    """Who is owed a letter of this kind."""
    return [row["to"] for row in desk.json("outbox", "list") if row["kind"] == kind]


def shown(desk: CommandedDesk, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.json("case", "show", ref)
    return found


# --- JSON -----------------------------------------------------------------------------------------


def test_the_list_has_exactly_the_promised_keys(desk: CommandedDesk) -> None:
    ref = desk.new()
    [row] = desk.json("case", "list")
    assert set(row) == LISTED
    assert (row["ref"], row["phase"], row["status"]) == (ref, "new", "New")
    assert (row["requester"], row["account"], row["mails"]) == ("bo@client.example", "Client Inc", 1)
    assert set(row["due"]) == {"response", "resolution"}
    assert TIME.fullmatch(row["opened_at"])
    assert row["closed_at"] is None
    assert row["escalated"] is False


def test_one_case_has_exactly_the_promised_keys(desk: CommandedDesk) -> None:
    ref = desk.new("It does not print", "--text", "Please help.", "--ack")
    case = shown(desk, ref)
    assert set(case) == SHOWN
    assert case["escalation"] is None
    assert case["reopened"] == 0
    assert {frozenset(mail) for mail in case["mails"]} == {frozenset(MAIL)}
    assert {frozenset(event) for event in case["events"]} == {frozenset({"at", "kind", "actor", "data"})}
    assert [mail["direction"] for mail in case["mails"]] == ["in", "out", "out"]


def test_an_empty_list_is_an_empty_list(desk: CommandedDesk) -> None:
    assert desk.json("case", "list") == []


# --- opening --------------------------------------------------------------------------------------


def test_a_case_opened_by_hand_tells_its_team_and_acknowledges_only_when_asked(desk: CommandedDesk) -> None:
    ref = desk.new("One", "--text", "She called.")
    assert letters(desk, "acknowledgement") == []
    assert set(letters(desk, "opened-team")) == {"ana@acme.example", "ben@acme.example"}
    desk.new("Two", "--ack")
    assert letters(desk, "acknowledgement") == ["bo@client.example"]
    first = shown(desk, ref)["mails"][0]
    assert (first["from"], first["text"], first["reason"]) == ("bo@client.example", "She called.", "by-hand")


def test_what_is_named_at_the_keyboard_beats_the_rules(desk: CommandedDesk) -> None:
    ref = desk.new("One", "--priority", "URGENT", "--team", "billing", "--owner", "ben@acme.example")
    case = shown(desk, ref)
    assert (case["priority"], case["team"], case["owner"]) == ("urgent", "billing", "ben@acme.example")


# --- words ----------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_customer_and_stops_the_clock(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, "Please try again.")
    case = shown(desk, ref)
    assert letters(desk, "answer") == ["bo@client.example"]
    assert case["phase"] == "open"
    assert case["first_response_at"]
    assert case["due"]["response"] is None
    assert case["mails"][-1]["new_text"] == "Please try again."


@pytest.mark.parametrize("words", [[], ["-"]], ids=["no text", "a dash"])
def test_an_answer_comes_from_standard_input(desk: CommandedDesk, words: list[str]) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, *words, stdin="Two\r\nlines é\n")
    assert shown(desk, ref)["mails"][-1]["new_text"] == "Two\nlines é"


@pytest.mark.parametrize(
    ("option", "phase"), [("--wait", "waiting"), ("--resolve", "resolved"), ("--close", "closed")]
)
def test_an_answer_can_be_the_last_word(desk: CommandedDesk, option: str, phase: str) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, "Done.", option)
    case = shown(desk, ref)
    assert case["phase"] == phase
    assert case["first_response_at"]


def test_a_letter_that_is_held_goes_to_nobody_yet(desk: CommandedDesk) -> None:
    desk.change("testing: true", "testing: true\nlimits: {acks_per_hour: 0}")
    ref = desk.new()
    desk.run("case", "close", ref)
    said = desk.run("case", "reopen", ref, "--as", "ana@acme.example")
    assert "letters go to ben@acme.example; held until you let them go" in said
    assert said.rstrip().endswith("--state held): bo@client.example")


@pytest.mark.parametrize("act", ["close", "resolve", "spam"])
def test_no_answer_is_due_on_a_case_that_has_ended_until_it_goes_on(desk: CommandedDesk, act: str) -> None:
    ref = desk.new()
    due = shown(desk, ref)["due"]
    assert due["response"]
    desk.run("case", act, ref)
    assert set(shown(desk, ref)["due"].values()) == {None}
    assert set(desk.json("case", "list")[0]["due"].values()) == {None}
    desk.run("case", "reopen", ref)
    assert shown(desk, ref)["due"]["response"] > due["response"]  # a promise of its own, from now on


def test_an_answer_whose_second_act_is_refused_is_not_sent(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "close", ref)
    before = shown(desk, ref)
    result = desk.try_("case", "reply", ref, "Done.", "--close")  # a closed case cannot be closed again
    assert result.exit_code == 1
    assert shown(desk, ref) == before


@pytest.mark.parametrize(
    ("words", "environ", "actor"),
    [
        (["--as", "Ana@acme.example"], {}, "ana@acme.example"),
        ([], {"MAILDESK_AGENT": "ben@acme.example"}, "ben@acme.example"),
        (["--as", "ana@acme.example"], {"MAILDESK_AGENT": "ben@acme.example"}, "ana@acme.example"),
    ],
    ids=["named", "from the environment", "named beats the environment"],
)
def test_an_act_is_its_agents(
    desk: CommandedDesk, words: list[str], environ: dict[str, str], actor: str
) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, "Done.", *words, **environ)
    assert shown(desk, ref)["events"][-1]["actor"] == actor


def test_without_an_agent_the_history_names_the_login(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, "Done.")
    assert shown(desk, ref)["events"][-1]["actor"].startswith("cli:")


def test_a_note_is_kept_and_nobody_is_written_to(desk: CommandedDesk) -> None:
    ref = desk.new()
    before = desk.json("outbox", "list")
    desk.run("case", "note", ref, "Same fault as in March.", "--as", "ana@acme.example")
    last = shown(desk, ref)["mails"][-1]
    assert (last["from"], last["verdict"], last["text"]) == (
        "ana@acme.example",
        "note",
        "Same fault as in March.",
    )
    assert desk.json("outbox", "list") == before
    assert "Same fault as in March." in desk.run("case", "show", ref)


def test_leadership_reads_the_notes_of_an_escalated_case(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "note", ref, "Same fault as in March.")
    desk.run("case", "escalate", ref)
    assert letters(desk, "escalated-leadership") == ["lea@acme.example"]
    told = next(mail for mail in shown(desk, ref)["mails"] if mail["verdict"] == "escalated-leadership")
    assert "Same fault as in March." in told["text"]


def test_an_escalation_is_approved_and_planned_at_the_command_line(desk: CommandedDesk) -> None:
    policy = desk.folder / "reviewed.yaml"
    text = (packaged("policies") / "default.yaml").read_text().replace("#approval:", "approval:")
    policy.write_text(text.replace("#approved:", "approved:"))
    desk.write(f"{desk.config.read_text()}policy: {policy.name}\n")
    refs = [desk.new(), desk.new()]
    for ref in refs:
        desk.run("case", "escalate", ref, "--why", "promised")
        assert shown(desk, ref)["escalation"]["level"] == 0
    desk.run("case", "approve", refs[0])
    desk.run("case", "plan", refs[0], "A new printer.")
    approved = shown(desk, refs[0])
    assert (approved["priority"], approved["escalation"]["level"]) == ("high", 1)
    assert (approved["escalation"]["plan"], letters(desk, "plan")) == ("A new printer.", [])
    assert re.search("^Plan +A new printer.", desk.run("case", "show", refs[0]), re.MULTILINE)
    desk.run("case", "plan", refs[0], "--share")
    assert letters(desk, "plan") == ["bo@client.example"]
    desk.run("case", "decline", refs[1], "It comes this week.")
    assert shown(desk, refs[1])["escalation"] is None
    assert letters(desk, "escalation-declined") == ["bo@client.example"]
    assert "no escalation of" in desk.try_("case", "approve", refs[1]).stderr


# --- acts and fields ------------------------------------------------------------------------------


def test_a_case_goes_its_way(desk: CommandedDesk) -> None:
    ref = desk.new()
    phases = []
    for act in ("wait", "resolve", "reopen", "escalate", "close", "reopen"):
        desk.run("case", act, ref)
        phases.append(shown(desk, ref)["phase"])
    assert phases == ["waiting", "resolved", "open", "open", "closed", "open"]
    assert shown(desk, ref)["reopened"] == 2


@pytest.mark.parametrize(
    ("words", "owner", "team", "told"),
    [
        (["ben@acme.example"], "ben@acme.example", "support", ["ben@acme.example"]),
        (["Ben"], "ben@acme.example", "support", ["ben@acme.example"]),
        (["ben@acme.example", "--team", "billing"], "ben@acme.example", "billing", ["ben@acme.example"]),
        (["--team", "billing"], None, "billing", ["ben@acme.example"]),
        (["--nobody"], None, "support", ["ana@acme.example", "ben@acme.example"]),
    ],
    ids=["an agent", "an agent by name", "an agent of a team", "a team", "nobody"],
)
def test_a_case_changes_hands(
    desk: CommandedDesk, words: list[str], owner: str | None, team: str, told: list[str]
) -> None:
    """Ben is the one of billing: a case in a team's queue is told to its members."""
    ref = desk.new("One", "--owner", "ana@acme.example", "--team", "support")
    desk.run("case", "assign", ref, *words)
    case = shown(desk, ref)
    assert (case["owner"], case["team"]) == (owner, team)
    assert letters(desk, "assigned-team") == told


def test_a_team_where_an_agent_is_wanted_is_told_how_to_be_written(desk: CommandedDesk) -> None:
    refused = desk.try_("case", "assign", desk.new(), "billing")
    assert refused.exit_code == 1
    assert "billing is a team, not an agent (write --team billing)" in refused.stderr


def test_fields_change_all_together_or_not_at_all(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "set", ref, "priority=HIGH", "subject=It  prints")
    assert shown(desk, ref)["priority"] == "high"
    assert shown(desk, ref)["subject"] == "It prints"
    assert desk.try_("case", "set", ref, "priority=low", "type=nonsense").exit_code == 1
    assert shown(desk, ref)["priority"] == "high"


# --- finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spell",
    [str, str.lower, lambda ref: ref[:4], lambda ref: ref.replace("-", ""), lambda ref: f"[Acme #{ref}]"],
    ids=["whole", "lower case", "its beginning", "without hyphen", "with the tag"],
)
def test_a_reference_is_read_as_people_type_it(desk: CommandedDesk, spell: Any) -> None:
    ref = desk.new()
    assert shown(desk, spell(ref))["ref"] == ref


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], ["One", "Two", "Three"]),
        (["--open"], ["One", "Two"]),
        (["--phase", "closed", "--phase", "open"], ["Two", "Three"]),
        (["--status", "new"], ["One"]),
        (["--owner", "BEN@acme.example"], ["Two"]),
        (["--account", "client inc"], ["One", "Two", "Three"]),
        (["--escalated"], ["Two"]),
        (["--search", "TWO hello"], ["Two"]),
        (["--search", "tw* is:open"], ["Two"]),
        (["--search", "tw"], []),
        (["--search", "two -hello"], []),
        (["--limit", "1"], ["Three"]),
        (["--all"], ["One", "Two", "Three"]),
        (["--requester", "nobody@client.example"], []),
    ],
    ids=lambda value: " ".join(value) or "all",
)
def test_the_list_answers_what_is_asked(desk: CommandedDesk, words: list[str], found: list[str]) -> None:
    refs = [desk.new(subject) for subject in ("One", "Two")]
    refs.append(
        desk.run(
            "case",
            "new",
            "--from",
            "bo@client.example",
            "--subject",
            "Three",
            MAILDESK_NOW="2026-11-23T10:30:00Z",
        ).split()[0]
    )
    desk.run("case", "assign", refs[1], "ben@acme.example")
    desk.run("case", "reply", refs[1], "Hello")
    desk.run("case", "escalate", refs[1])
    desk.run("case", "close", refs[2])
    subjects = [row["subject"] for row in desk.json("case", "list", *words)]
    assert sorted(subjects) == sorted(found)


# --- what is printed ------------------------------------------------------------------------------


def test_in_a_pipe_there_are_columns_and_nothing_else(desk: CommandedDesk) -> None:
    ref = desk.new("Printer [bold]on[/bold] fire")
    heading, line = desk.run("case", "list").splitlines()
    assert heading.split("  ")[0] == "CASE"
    assert line.startswith(f"{ref}  New")
    assert line.endswith("Printer [bold]on[/bold] fire")
    assert heading.index("SUBJECT") == line.index("Printer")


def test_the_list_says_by_when_a_case_is_to_be_solved(desk: CommandedDesk) -> None:
    policy = "name: Acme\ncalendar: {hours: {mon-fri: 09:00-17:00}}\npriorities: {low: Later.}\n"
    promises = "default_priority: low\npromises: [{first_response: 4h, resolution: 2bd}]\n"
    (desk.folder / "policy.yaml").write_text(policy + promises)
    desk.change("testing: true", "policy: policy.yaml\ntesting: true")
    desk.new("Printer")
    heading, line = desk.run("case", "list").splitlines()
    solve = heading.index("SOLVE BY")
    assert line[solve:].startswith("2026-11-25 ")
    assert line[heading.index("ANSWER BY") :].startswith("2026-11-23 ")


def test_no_customer_steers_the_terminal(desk: CommandedDesk) -> None:
    subject = "\x1b]0;owned\x07Help\x9b31m \u202etxt.exe"
    ref = desk.new(subject, "--text", "\x1b[2Jgone \x07", "--name", "\x1b[31mBo")
    for words in (
        ["case", "list"],
        ["case", "show", ref],
        ["case", "show", ref, "--full"],
        ["outbox", "list"],
    ):
        printed = desk.run(*words)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", printed), words
    for words in (["case", "show", ref], ["case", "list"]):
        printed = desk.run(*words, "--json")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", printed), words


def test_a_case_is_shown_with_its_people_mails_and_history(desk: CommandedDesk) -> None:
    ref = desk.new("It does not print", "--text", "Please help.", "--name", "Bo Ek")
    desk.run("case", "reply", ref, "Please try again.", "--as", "ana@acme.example")
    printed = desk.run("case", "show", ref)
    for words in ("It does not print", "Bo Ek <bo@client.example>", "Please help.", "Please try again."):
        assert words in printed
    assert re.search(r"2026-11-23 09:3\d  answered +ana@acme\.example", printed)
    assert re.search(
        r"answered +ana@acme\.example  first owner=ana@acme\.example status=Open ", printed, re.MULTILINE
    )
    assert "A customer opened a case." not in printed  # a notice: its heading is enough
    assert "opened this case for bo@client.example." in desk.run("case", "show", ref, "--full")


def test_times_in_the_history_are_the_desks_own(desk: CommandedDesk) -> None:
    ref = desk.new("It does not print", "--text", "Please help.")
    desk.run("case", "wait", ref, "2027-07-01", "--as", "ana@acme.example")
    assert re.search(
        r"waiting +ana@acme\.example  .*until=2027-07-01 08:00 ", desk.run("case", "show", ref), re.M
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Bo@Client.EXAMPLE.", "Bo@client.example"),
        ("bo@bücher.example", "bo@xn--bcher-kva.example"),
    ],
    ids=["capitals and a dot at the end", "letters of any script"],
)
def test_a_case_by_hand_is_acknowledged_at_an_oddly_written_domain(
    desk: CommandedDesk, given: str, kept: str
) -> None:
    ref = desk.run("case", "new", "--from", given, "--subject", "Hi", "--ack").split()[0]
    assert desk.json("case", "show", ref)["requester"] == kept
    assert kept in [row["to"] for row in desk.json("outbox", "list")]


def test_the_answers_of_customers_are_listed_and_summed_up(desk: CommandedDesk) -> None:
    assert desk.try_("case", "answers").stderr.startswith("Nobody answered a question yet.")
    assert desk.json("case", "answers") == {"answers": [], "summary": []}
    unknown = desk.try_("case", "answers", "--question", "weather")
    assert unknown.exit_code == 1
    assert "the policy knows no question 'weather'" in unknown.stderr


def test_a_status_without_a_name_shows_the_case(desk: CommandedDesk) -> None:
    ref = desk.new()
    assert desk.run("case", "status", ref) == desk.run("case", "show", ref)
