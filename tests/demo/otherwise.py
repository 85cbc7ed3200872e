"""`maildesk demo` told otherwise: the customer never says the word, so leadership cannot hear."""

from __future__ import annotations

from dataclasses import replace

from maildesk.cli.invocation import command
from maildesk.demo.command import play
from maildesk.demo.story import STORY, Step, Writes


def without_the_word(step: Step) -> Step:
    if isinstance(step.act, Writes):
        return replace(step, act=replace(step.act, text=step.act.text.replace("escalate", "look at")))
    return step


@command("demo")
def demo() -> None:
    """The story up to the step that will not happen."""
    # Nothing tells that a step will never happen: this is how long the others may take on a busy machine.
    play([without_the_word(step) for step in STORY], 0, patience=20)
