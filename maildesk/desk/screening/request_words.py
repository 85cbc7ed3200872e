"""The part of a mail's new words by which somebody may ask: no banner, no company's footer, no address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from maildesk.desk.policy.whole_words import fold

_SHOWN: Final = 400
"""Characters of a paragraph by which a banner is told."""
_WRAPPED: Final = 50
"""Letters of a line that a program may have broken where its sentence goes on."""

# What mail gateways put above a mail from outside. Compared with folded text, its ornaments cut off. Words
# alone are too weak ("Important: our external monitor burns"): a sentence about where the mail is from.
_LABEL: Final = (
    r"(?:(?:security|safety|caution|warning|attention|notice|alert|important|external|disclaimer|note|achtung|"
    r"vorsicht|warnung|hinweis|wichtig|prudence|avertissement|précaution|precaución|atención|advertencia|"
    r"cuidado|aviso|atenção|attenzione|avviso|let op|waarschuwing|pas op|varning|advarsel|uwaga)"
    r"(?: (?:e-?mail|message|notice|warning|alert|sender))?\b[\W_]{1,8}){1,3}"
)
_ORIGIN: Final = (
    r"(?:this|the following) (?:e-?mail|message|mail|communication) (?:(?:has|was|is|may|have|been) ){0,3}"
    r"(?:originat\w+|sent|received|comes?|came|coming|delivered|from|arrived)\b.{0,40}?\b(?:outside|external)\b|"
    r"this is an external (?:e-?mail|message)|"
    r"(?:the )?(?:sender|e-?mail|message) (?:is|was|comes|came) (?:from )?(?:an )?(?:outside|external)\b|"
    r"(?:sent|received|originat\w{2,4}|coming) from (?:an )?(?:outside|external)\b|"
    r"(?:diese|die) (?:e-?mail|nachricht|mail) (?:stammt|kommt|kam|ist|wurde)\b.{0,40}?"
    r"\b(?:extern\w*|ausserhalb|von aussen)\b|"
    r"ce(?:t|tte)? (?:message|courriel|e-?mail|mail) (?:provient|vient|émane|est|a été)\b.{0,40}?"
    r"(?:\bexterne|extérieur)|"
    r"este (?:correo|mensaje|e-?mail)(?: electrónico)? (?:proviene|procede|viene|es|fue|ha sido|se originó)\b"
    r".{0,40}?\b(?:extern[oa]|fuera)\b|"
    r"est[ea] (?:e-?mail|mensagem|correio) (?:provém|vem|veio|é|foi|teve origem|se originou)\b.{0,40}?"
    r"\b(?:extern[oa]|fora)\b|"
    r"quest[oa] (?:e-?mail|messaggio|mail) (?:proviene|arriva|viene|è)\b.{0,40}?\b(?:estern[oa]|fuori)\b|"
    r"(?:deze|dit) (?:e-?mail|bericht|mail) (?:komt|kwam|is|werd)\b.{0,40}?\b(?:extern\w*|buiten)\b"
)
_UNLABELLED: Final = (
    r"(?:this|the following) (?:e-?mail|message|mail)\b.{0,40}?\b(?:outside|external to)"
    r"(?: of)?(?: [\w'’.-]{1,30}){0,2} (?:organi[sz]ation|company|corporation|enterprise|institution|"
    r"university|agency|group|domain)\b|"
    r"(?:diese|die) (?:e-?mail|nachricht)\b.{0,40}?\b(?:ausserhalb|von aussen)\b.{0,20}\b"
    r"(?:unternehmens|organisation|firma|hauses)\b|"
    r"you don'?t often (?:get|receive) e-?mails? from\b|"
    r"sie erhalten nicht (?:oft|häufig) e-?mails? von\b|"
    r"this (?:e-?mail|message|mail) is from an external sender|external ?[*\]|]{1,5}|"
    r"external (?:e-?mail|sender|message)(?: (?:warning|notice|alert))?(?: ?[:!.|*\]–—-]|$)|"
    r"externe (?:e-?mail|nachricht)[:!.]|externer absender"
)
_BANNER: Final = re.compile(rf"{_LABEL}(?:{_ORIGIN})|(?:{_LABEL})?(?:{_UNLABELLED})")
_ADVICE: Final = re.compile(
    r"(?:please )?(?:do not|don'?t|never|avoid) (?:click|open|reply|respond|forward|follow|trust|enter|"
    r"provide|share|download)|"
    r"(?:please )?(?:be (?:cautious|careful|alert|aware|vigilant)|(?:use|exercise|take|proceed with) "
    r"(?:extreme )?(?:caution|care)|think before|stop and think|verify the sender)|"
    r"(?:if|when|in case|should)\b.{0,60}\b(?:suspicious|suspect|unsure|not sure|doubt|phish\w*|recogni[sz]e|"
    r"spam|legitimate|not expecting)|"
    r"(?:please )?(?:report|forward|escalate|send|flag)\b.{0,40}\b(?:suspicious|phish\w*|spam)|"
    r"(?:please )?(?:contact|call|ask)\b.{0,60}\b(?:it|security|service ?desk|help ?desk)\b|"
    r"learn why this is important|"
    r"(?:bitte )?(?:klicken|öffnen) sie|seien sie vorsichtig|(?:bei|im) (?:verdacht|verdachtsfall|zweifel)|"
    r"ne (?:cliquez|répondez|ouvrez)|en cas de doute|soyez (?:prudent|vigilant)|"
    r"no (?:haga clic|abra|pulse)|en caso de (?:duda|sospecha)|não (?:clique|abra)|"
    r"em caso de (?:dúvida|suspeita)|"
    r"non (?:cliccare|aprire|fare clic)|in caso di (?:dubbi\w*|sospett\w*)|klik niet|open geen|bij twijfel"
)
_ORNAMENTS: Final = re.compile(r"[\W_]*+")
_DRAWN: Final = re.compile(r"\s*+[_─━═]{4,}+\s*+")
_ENDS: Final = (".", "!", "?", ":", "]", "*", "。")
_END: Final = re.compile(r"[.!?:\]*|–—。]")
_SENTENCES: Final = re.compile(r"(?<=[.!?。]) ")
_ENTRY: Final = re.compile(r"\w[\w -]{0,40}:")
"""A line of a form, which draws lines of its own."""

# Scripts without spaces may stand right beside an address.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff65"
)
_LINK: Final = re.compile(
    rf"\b(?i:https?://|ftps?://|file://|sips?:|tel:|mailto:|www\.)[^\s<>\"{_UNSPACED}]*+"
)
_TOKEN: Final = re.compile(rf"[^\s<>()\[\]\",;{_UNSPACED}]++")


def request_words(new_text: str) -> str:
    """Return the new words without what nobody asks by. Linear."""
    kept = "\n".join(_above_footer(list(_without_banners(new_text.split("\n")))))
    return _TOKEN.sub(_unless_address, _LINK.sub(" ", kept))


def _without_banners(lines: Sequence[str]) -> Iterator[str]:
    """The lines without the banners, and without the advice that stands below one."""
    below_banner = False
    for paragraph in _paragraphs(lines):
        shape = _shape(" ".join(paragraph)[:_SHOWN])
        if _BANNER.match(shape):
            below_banner = True
            yield from _below_banner(paragraph)
        elif not (below_banner and (not shape or _ADVICE.match(shape))):
            below_banner = False
            yield from paragraph


def _below_banner(paragraph: Sequence[str]) -> Iterator[str]:
    """The sentences of a banner's paragraph that are somebody's own: HTML may leave no blank line between."""
    shape = _shape(_flowing(paragraph))
    banner = _BANNER.match(shape)
    at = _sentence_end(shape, banner.end() - 1) if banner else 0
    for sentence in _SENTENCES.split(shape[at:]):
        said = _ORNAMENTS.sub("", sentence, count=1)
        if not (_ADVICE.match(said) or _BANNER.match(said)):
            yield said


def _flowing(paragraph: Sequence[str]) -> str:
    """The lines as sentences: one ends with its line, but where a program may have broken it."""
    ends = (
        "" if len(line.strip()) >= _WRAPPED or line.strip().endswith(_ENDS) else "." for line in paragraph
    )
    return " ".join(f"{line.strip()}{end}" for line, end in zip(paragraph, ends, strict=True))


def _sentence_end(text: str, at: int) -> int:
    found = _END.search(text, at)
    return found.end() if found else len(text)


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines in groups; a blank or drawn line is a group of its own."""
    group: list[str] = []
    for line in lines:
        if line.strip() and not _DRAWN.fullmatch(line):
            group.append(line)
            continue
        if group:
            yield group
        group = []
        yield [line]
    if group:
        yield group


def _shape(text: str) -> str:
    """The text as banners are compared: folded, without the ornaments before its first word."""
    folded = fold(text)
    return folded[_ORNAMENTS.match(folded).end() :]  # type: ignore[union-attr]  # it matches nothing, too


def _above_footer(lines: Sequence[str]) -> Sequence[str]:
    """The lines above the first drawn line that has words above it."""
    words_above = False
    for number, line in enumerate(lines):
        if words_above and _DRAWN.fullmatch(line):
            return lines[:number]
        shape = _shape(line)
        words_above = words_above or bool(shape and not _ENTRY.match(shape))
    return lines


def _unless_address(token: re.Match[str]) -> str:
    return " " if _is_address(token[0]) else token[0]


def _is_address(token: str) -> bool:
    """Tell whether it is a mail address, or a host with a path behind it."""
    local, at, domain = token.partition("@")
    if at:
        return bool(local and domain)
    host, slash, _ = token.partition("/")
    labels = host.split(".")
    return bool(slash) and len(labels) > 1 and all(each.replace("-", "").isalnum() for each in labels)
