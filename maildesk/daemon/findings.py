"""The finding of a check: a name, how it stands, what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum

from maildesk.config.problems import ConfigError
from maildesk.errors import MaildeskError


class CheckOutcome(StrEnum):
    """`warn` is worth a look; only `FAIL` makes the whole check fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check's report. `own`: it is about this thing alone, however it is worded."""

    name: str
    outcome: CheckOutcome
    message: str
    remedy: str = ""
    own: bool = False

    def __str__(self) -> str:
        line = f"{self.outcome:<4} {self.name}: {self.message}"
        return f"{line} ({self.remedy})" if self.remedy else line


def ok(name: str, message: str) -> Finding:
    return Finding(name, CheckOutcome.OK, message)


def warn(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, CheckOutcome.WARN, message, remedy)


def fail(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, CheckOutcome.FAIL, message, remedy, own=True)


def failures(name: str, problem: MaildeskError, remedy: str = "") -> list[Finding]:
    """A problem as findings: one for each thing that is wrong with a file. `remedy` where it names none."""
    if isinstance(problem, ConfigError):
        return [Finding(name, CheckOutcome.FAIL, str(each)) for each in problem.problems]
    message = problem.message.removeprefix(f"{name}: ")
    return [Finding(name, CheckOutcome.FAIL, message, problem.remedy or remedy)]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to try out. What it raises is what it found last; `remedy` is for what names none.

    `at_once`: it asks a server, so that it is tried together with the others that do.
    """

    name: str
    look: Callable[[], AsyncIterator[Finding]]
    remedy: str = ""
    at_once: bool = False

    async def findings(self) -> AsyncIterator[Finding]:
        try:
            async for finding in self.look():
                yield finding
        except MaildeskError as problem:
            for finding in failures(self.name, problem, self.remedy):
                yield finding
        except OSError as problem:
            yield fail(self.name, problem.strerror or type(problem).__name__, self.remedy)


class ToldFaults:
    """The faults that were told: what two checks come upon, the second one does not tell again."""

    def __init__(self) -> None:
        self._told: list[Finding] = []

    def is_new(self, finding: Finding) -> bool:
        """Tell whether this says anything new; one says what another said also with a key before it.

        What is mended in another way is another fault.
        """
        if finding.outcome is not CheckOutcome.FAIL or finding.own:
            return True
        new = not any(_is_same(each, finding) for each in self._told)
        self._told.append(finding)
        return new


def _is_same(told: Finding, other: Finding) -> bool:
    one, two = told.message, other.message
    return (one.endswith(two) or two.endswith(one)) and told.remedy in ("", other.remedy)
