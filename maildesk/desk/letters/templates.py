"""The operator's letter templates: a readable file each: Subject and From, an empty line, the text."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.language_words import WORDS, folders_of, language_of
from maildesk.desk.letters.template_files import Voice
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.policy.names import comparable
from maildesk.mail.our_marks import beginning


@dataclass(frozen=True, slots=True)
class RenderedWords:
    """A rendered letter: its subject line and its text.

    `title` says what happened and stands beside the desk's name as the sender: Gmail and Outlook show mails
    as one thread only while their subjects are the same.
    """

    subject: str
    text: str
    title: str = ""


StandIn = Callable[[TemplateProblem, LetterKind, Mapping[str, Any], str, str], RenderedWords]
"""The way to write a letter whose template failed: the problem, kind, values, own name and language."""


class LetterTemplates:
    """The compiled templates of a desk, in each of its languages.

    `sources` maps file names such as `en/closed.txt` to their text. Files are the operator's own;
    what customers wrote comes in as values and is never compiled (CVE-2024-56326 and its kind).
    The first of `languages` is the desk's own. A letter that one lacks is written in the next, at last in
    English.
    """

    def __init__(
        self, sources: Mapping[str, str], zone: str, languages: Sequence[str] = (ENGLISH.tag,)
    ) -> None:
        self._sources = dict(sources)
        self._stand_in: StandIn | None = None
        self._voices = _voices(self._sources, zone, languages)
        *_, english = self._voices.values()
        for name in (f"{kind}.txt" for kind in LetterKind):
            having = [each for tag, each in self._voices.items() if tag in languages and each.has(name)]
            for voice in having or [english]:
                voice.compile(name)
        for file in self.own:
            folder, _, name = file.partition("/")
            for voice in self._voices.values():
                if voice.folder == folder:
                    voice.compile(name)

    def backed_by(self, stand_in: StandIn) -> LetterTemplates:
        """Make the same templates, but that `stand_in` writes the letter where one of them fails."""
        backed = copy.copy(self)
        backed._stand_in = stand_in
        return backed

    @property
    def own(self) -> tuple[str, ...]:
        """The files of letters that only the operator has, such as `en/outcome-solved.txt`."""
        ours = frozenset(f"{kind}.txt" for kind in LetterKind)
        letters = (name for name, text in self._sources.items() if text.startswith("Subject:"))
        return tuple(name for name in letters if name.partition("/")[2] not in ours)

    @property
    def saved_replies(self) -> tuple[str, ...]:
        """The names of replies that the operator saved, in any of the languages."""
        spoken = {voice.folder for voice in self._voices.values()}
        parts = (file.split("/") for file in self._sources)
        names = (each[2] for each in parts if len(each) == 3 and each[0] in spoken and each[1] == SAY)
        return tuple(dict.fromkeys(name.removesuffix(".txt") for name in sorted(names)))

    def saved_reply(self, name: str, values: Mapping[str, Any], wanted: str = "") -> str:
        """The words of a saved reply; raises TemplateProblem where its template fails."""
        return self._replying(name, wanted).say(f"{SAY}/{name}.txt", values).strip()

    def language_of_reply(self, name: str, wanted: str = "") -> Language:
        """The language in which a saved reply is said to a reader of the `wanted` one of the policy's."""
        return self._replying(name, wanted).language

    def _replying(self, name: str, wanted: str) -> Voice:
        first = self._voices.get(wanted)
        order = [*([first] if first else []), *self._voices.values()]
        return next(each for each in order if each.has(f"{SAY}/{name}.txt"))

    @property
    def default(self) -> Language:
        """The language of the desk's own people, and of customers who speak none that is offered."""
        return next(iter(self._voices.values())).language

    def language(self, kind: LetterKind, wanted: str = "", own: str = "") -> Language:
        """The language in which a letter is written for a reader of the `wanted` one of the policy's."""
        return self._voice(kind, wanted, own)[0].language

    def render(
        self, kind: LetterKind, values: Mapping[str, Any], own: str = "", language: str = ""
    ) -> RenderedWords:
        """The words of a letter, by the operator's template for what it is about (`own`), if there is one.

        Raises TemplateProblem naming file and line where the template fails and nothing stands in for it.
        """
        voice, name = self._voice(kind, language, own)
        try:
            subject, title, text = voice.render(name, values)
        except TemplateProblem as problem:
            if self._stand_in is None:
                raise
            return self._stand_in(problem, kind, values, own, language)
        text = beginning(text.replace("\r", "").strip()) + "\n"
        return RenderedWords(" ".join(subject.split()), text, " ".join(title.split()))

    def name_of(self, kind: LetterKind, own: str = "", language: str = "") -> str:
        """The file that a letter is made from."""
        voice, name = self._voice(kind, language, own)
        return voice.file(name)

    def lacking(self, language: str) -> list[str]:
        """The letters that are not written in this language of the policy."""
        voice = self._voices.get(language)
        return [kind for kind in LetterKind if voice is None or not voice.has(f"{kind}.txt")]

    def _voice(self, kind: LetterKind, wanted: str, own: str) -> tuple[Voice, str]:
        """The language that has the letter, the wanted one first, and the name of the file.

        What only the operator has is better said in another language than not at all.
        """
        first = self._voices.get(wanted)
        order = [*([first] if first else []), *self._voices.values()]
        names = [f"{kind}.txt"]
        if own:
            theirs = own_name(kind, own)
            names = [theirs, *names]
            if kind is LetterKind.OWN:
                order = [*(each for each in order if each.has(theirs)), *order]
        return next((each, name) for each in order for name in names if each.has(name))


SAY: Final = "say"
"""The folder of saved replies, in that of each language."""


def _voices(sources: Mapping[str, str], zone: str, languages: Sequence[str]) -> dict[str, Voice]:
    """The languages that have a folder, by their tags in the policy; English at last, if it is not there."""
    found = folders_of(sources, languages)
    order = [*found.values()]
    return {
        tag: Voice(
            sources,
            language_of(tag, sources.get(f"{folder}/{WORDS}", ""), f"{folder}/{WORDS}"),
            [folder, *(each for each in dict.fromkeys([*order, ENGLISH.tag]) if each != folder)],
            zone,
        )
        for tag, folder in found.items()
    }


def file_of(kind: LetterKind) -> str:
    """Say where the template of a letter stands below `templates/`, in English, in which there is each."""
    return f"{ENGLISH.tag}/{kind}.txt"


def own_name(kind: LetterKind, name: str) -> str:
    """Say how an operator's template is called for letters of that kind about what has this name.

    The name is made safe: its words without accents, between hyphens. A letter of the operator's own bears
    its name alone.
    """
    return f"{name}.txt" if kind is LetterKind.OWN else f"{kind}-{'-'.join(comparable(name))}.txt"
