"""`maildesk case`: the group of everything that is done with cases."""

from __future__ import annotations

import click

from maildesk.cli.invocation import DeskGroup

_HERE = "maildesk.cli"


@click.group(
    "case",
    cls=DeskGroup,
    table={
        "list": (f"{_HERE}.case_list:list_", "the cases, or those you ask for"),
        "answers": (f"{_HERE}.case_answers:answers", "what customers answered to your questions"),
        "show": (f"{_HERE}.case_show:show", "one case with its mails and its history"),
        "new": (f"{_HERE}.case_new:new", "open a case for somebody who did not write a mail"),
        "reply": (f"{_HERE}.case_words:reply", "answer the customer"),
        "note": (f"{_HERE}.case_words:note", "a note that only colleagues see"),
        "ask": (f"{_HERE}.case_words:ask", "ask colleagues, inside"),
        "assign": (f"{_HERE}.case_fields:assign", "give it to an agent or a team"),
        "party": (f"{_HERE}.case_parties:party", "let somebody into it, or take them off it"),
        "set": (f"{_HERE}.case_fields:set_", "change priority, type, subject or account"),
        "status": (f"{_HERE}.case_acts:status", "move it into a status of the policy"),
        "wait": (f"{_HERE}.case_acts:wait", "the next word is the customer's"),
        "need": (f"{_HERE}.case_acts:need", "ask the customer for what the policy names"),
        "question": (f"{_HERE}.case_acts:question", "ask a question of the policy"),
        "answer": (f"{_HERE}.case_acts:answer", "answer what the desk's own people are asked"),
        "resolve": (f"{_HERE}.case_acts:resolve", "the work is done; the customer is told"),
        "escalate": (f"{_HERE}.case_acts:escalate", "tell leadership, and the customer that they know"),
        "approve": (f"{_HERE}.case_acts:approve", "an escalation that waits begins"),
        "decline": (f"{_HERE}.case_acts:decline", "it does not; the customer reads why"),
        "plan": (f"{_HERE}.case_words:plan", "what is done about an escalation, kept inside or shared"),
        "close": (f"{_HERE}.case_acts:close", "the matter is over; the customer is told"),
        "spam": (f"{_HERE}.case_acts:spam", "closed without a word to anybody"),
        "reopen": (f"{_HERE}.case_acts:reopen", "the matter goes on"),
        "merge": (f"{_HERE}.case_moving:merge", "two cases become one"),
        "erase": (f"{_HERE}.case_erasing:erase", "everything that was said on it goes, for good"),
        "split": (f"{_HERE}.case_moving:split", "a mail becomes a case of its own"),
    },
    example="maildesk case list --open\nmaildesk case reply 7K2Q 'Fixed, please try again.' --resolve",
)
def case() -> None:
    """Cases. REF is a case's reference, 7K2Q-9F3M, or as much of its beginning as is unique.

    Where several may be given (REF…), - stands for those on standard input: what `case list` prints.
    """
