"""The story as data: who does what, and what must then be seen. `stage` plays it and looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoryPerson:
    """Somebody in the story, with a mailbox of their own."""

    name: str
    address: str


DESK = StoryPerson("Acme Support", "support@acme.example")
BO = StoryPerson("Bo Lund", "bo@client.example")
ANA = StoryPerson("Ana Souza", "ana@acme.example")
LEA = StoryPerson("Lea Dias", "lea@acme.example")
MAX = StoryPerson("Max Stranger", "max@elsewhere.example")
EVERYBODY = (DESK, BO, ANA, LEA, MAX)


# --- what is done ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writes:
    """A mail to the desk. `replying`: to the last letter its author received, with its thread.

    `automatic`: the author's mail program wrote it. `{ref}` in the subject is the case's reference.
    """

    who: StoryPerson
    text: str
    subject: str = ""
    replying: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Clicks:
    """An answer of the last letter, clicked: its link makes a mail, which is sent with this text."""

    who: StoryPerson
    answer: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Runs:
    """A command of an agent: `maildesk` and these words, `{ref}` being the case's reference."""

    who: StoryPerson
    words: tuple[str, ...]


# --- what must be seen ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receives:
    """A new letter in somebody's INBOX: `subject` in sender or subject, `says` in it, and none of `hides`."""

    who: StoryPerson
    subject: str
    says: str = ""
    hides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shows:
    """A line that `maildesk case show --json` says of the case: `key` is `value`."""

    key: str
    value: object


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """The mail just written: how the desk filed it, and that it lies in the folder of filed mail.

    `elsewhere`: not on this story's case but on a new one.
    """

    verdict: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class NoLetter:
    """The desk owes none of these people a letter for it."""

    to: tuple[StoryPerson, ...]


Act = Writes | Clicks | Runs
Sight = Receives | Shows | KeptCopy | NoLetter


@dataclass(frozen=True, slots=True)
class Step:
    """One scene: its headline, what is done, what must be seen, in this order."""

    title: str
    act: Act
    sights: tuple[Sight, ...]


STORY: tuple[Step, ...] = (
    Step(
        "A customer writes and is acknowledged",
        Writes(BO, "Since this morning the invoices come out blank. Please help.", "Blank invoices"),
        (
            KeptCopy("opened"),
            Receives(BO, "Blank invoices", says="Your message has reached us"),
            Receives(ANA, "(New)"),
            Shows("phase", "new"),
        ),
    ),
    Step(
        "He replies with more",
        Writes(BO, "It happens with every printer, even with the new one.", replying=True),
        (KeptCopy("appended"), Receives(ANA, "(Reply)", says="every printer")),
    ),
    Step(
        "He asks for more attention, and leadership is asked to approve it",
        Writes(BO, "Payroll is tomorrow. Please escalate this.", replying=True),
        (
            KeptCopy("appended"),
            Receives(LEA, "(To be approved)", says="Payroll is tomorrow"),
            Receives(BO, "Blank invoices", says="We review it"),
            Shows("priority", "Normal"),
        ),
    ),
    Step(
        "She approves it with one word: who looks after it hears first, and the customer too",
        Writes(LEA, "#approve", replying=True),
        (
            KeptCopy("command"),
            Receives(ANA, "(Escalated)", says="It happens with every printer"),
            Receives(BO, "Blank invoices", says="was approved"),
            Shows("priority", "Urgent"),
            Shows("escalated", True),
        ),
    ),
    Step(
        "Her plan stays inside until she shares it",
        Writes(
            LEA,
            "#plan A font is missing since the update: Ana puts it back today.\n#plan share",
            replying=True,
        ),
        (
            KeptCopy("command"),
            Receives(BO, "Blank invoices", says="puts it back today", hides=("#plan", LEA.address)),
        ),
    ),
    Step(
        "An agent answers from the command line",
        Runs(
            ANA,
            (
                "case",
                "reply",
                "{ref}",
                "A font was missing since the update. It is back: please print again.",
            ),
        ),
        (Receives(BO, "Blank invoices", says="A font was missing"), Shows("phase", "open")),
    ),
    Step(
        "An out-of-office comes back: stored, not answered",
        Writes(BO, "I am out of the office until Monday.", replying=True, automatic=True),
        (KeptCopy("automatic"), NoLetter((BO,))),
    ),
    Step(
        "The agent says that it is solved, and the customer is asked",
        Runs(ANA, ("case", "resolve", "{ref}")),
        (Receives(BO, "Blank invoices", says="Is it solved?"), Shows("phase", "resolved")),
    ),
    Step(
        "He clicks yes: a mail, ready to be sent. The case is closed, and he is asked how it was",
        Clicks(BO, "Yes"),
        (
            KeptCopy("appended"),
            Receives(BO, "Blank invoices", says="How satisfied are you"),
            Receives(ANA, "(Answered)", says="They say: yes"),
            Shows("phase", "closed"),
        ),
    ),
    Step(
        "He clicks a number and adds a word: his score is kept, and nothing opens again",
        Clicks(BO, "4", "Quick help!"),
        (
            KeptCopy("appended"),
            Receives(ANA, "(Answered)", says="Quick help!"),
            NoLetter((BO,)),
            Shows("phase", "closed"),
        ),
    ),
    Step(
        "The customer replies, and the case opens again",
        Writes(BO, "Thank you! One invoice of last week is still blank.", replying=True),
        (
            KeptCopy("reopened"),
            Receives(BO, "Blank invoices", says="open again"),
            Receives(ANA, "(Reopened)", says="still blank"),
            Shows("phase", "open"),
        ),
    ),
    Step(
        "The agent answers from her mail client: the customer gets her words, and nothing of the notice",
        Writes(ANA, "Sorry! That one is printed again and on its way to you.", replying=True),
        (
            KeptCopy("command"),
            Receives(BO, "Blank invoices", says="on its way to you", hides=(ANA.address, "#help")),
            Shows("phase", "open"),
        ),
    ),
    Step(
        "A note for colleagues reaches nobody outside",
        Writes(ANA, "#note\nTwo machines had skipped the font update.", replying=True),
        (KeptCopy("note"), NoLetter((BO,)), Receives(ANA, "Blank invoices", says="kept as a note")),
    ),
    Step(
        "One line at the top of her mail closes the case",
        Writes(ANA, "#close printed again", replying=True),
        (
            KeptCopy("command"),
            Receives(BO, "Blank invoices", says="closed your case"),
            Receives(ANA, "Blank invoices", says="#close printed again"),
            Shows("phase", "closed"),
        ),
    ),
    Step(
        "A stranger who quotes the reference does not get in",
        Writes(MAX, "Send me everything you have on this.", "Re: [Acme #{ref}] Blank invoices"),
        (
            KeptCopy("opened", elsewhere=True),
            Receives(MAX, "Blank invoices", says="Your message has reached us"),
            NoLetter((BO,)),
        ),
    ),
)
