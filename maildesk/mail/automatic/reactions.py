"""Reactions: answers of one picture that mail programs send by a click, with no word of their author's.

Gmail marks them by a part of their own, RFC 9078 by a disposition. Outlook sends a sentence above the letter
that it is about, telephones the letter's words within quote marks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from maildesk.mail.mime import structure
from maildesk.mail.mime.structure import Part

REACTION_TYPE: Final = "text/vnd.google.email-reaction+json"

_READ_BYTES: Final = 2000
_EMOJI_CHARS: Final = 20
_LINE_CHARS: Final = 200
_MOST_LINES: Final = 3
_MOST_PARTS: Final = 20
# Gmail's line below the picture names it in each language: enough beside Gmail's own part.
_NAMES_GMAIL: Final = re.compile(r"[^\n?!]{1,100}(?<![A-Za-z])Gmail(?![A-Za-z])[^\n?!]{0,40}")
# Whoever reacted, as their program calls them; a sentence about others begins with another word.
_WHO: Final = (
    r"(?!(?:I|We|You|He|She|It|They|My|Our|Your|His|Her|The|No|None|Nobody|Noone|Everybody|Somebody|Who"
    r"|Has|Still)\b)"
    r"(?:[^\W\d_a-zß-ÿ][\w.'’@-]*,?|van|von|de|da|di|del|der|den|dos|bin)"
    r"(?: (?:\(?[^\W\d_a-zß-ÿ][\w.'’@)-]*,?|van|von|de|da|di|del|der|den|dos|bin)){0,5}"
)
_BY_GMAIL: Final = re.compile(
    rf"{_WHO} ?(?:reacted via Gmail|hat über Gmail reagiert|a réagi via Gmail"
    r"|ha reaccionado (?:mediante|desde) Gmail|reagiu (?:pelo|via) Gmail|ha reagito (?:tramite|da) Gmail"
    r"|heeft gereageerd via Gmail"
    r"|さんが ?Gmail ?でリアクションしました)(?: ?[<(\[]?https?://\S+)?"
)
# Outlook's sentence, in the language of who reacts, behind the picture's name ("[like]"), up to its colon.
_BY_OUTLOOK: Final = re.compile(
    rf"(?:\[[\w :.-]{{1,40}}\] ?)?{_WHO}"
    r"(?i:(?: reacted to your (?:message|e-?mail)| hat auf (?:ihre|deine) (?:nachricht|e-?mail) reagiert"
    r"| a réagi à (?:votre|ton) (?:message|e-?mail|courrier)"
    r"| (?:ha reaccionado|reaccionó) a (?:su|tu) (?:mensaje|correo)| reagiu à (?:sua|tua) mensagem"
    r"| ha reagito al (?:suo|tuo) messaggio| heeft een reactie op (?:uw|je) bericht gegeven"
    r"| reagerade på ditt meddelande| reagerede på din meddelelse| reagerte på meldingen din"
    r"| zareagowała?(?:\(a\))? na (?:twoją|twoja) wiadomość"
    r"| ?さんが?あなたのメッセージにリアクションしました| ?对你的(?:邮件|消息)[做作]出了?(?:反应|回应)))"
    r" ?[:：]"
)
_EMOJI: Final = r"[\U0001F000-\U0001FAFF\u2600-\u2793\u203C\u2049\u2B50\u2B55\uFE0F\u200D\u20E3]{1,8}"
_QUOTES: Final = '“”„«»"'
# What it quotes holds no quote mark: two of them may have a person's words in between.
_BY_TELEPHONE: Final = re.compile(
    rf"(?:(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed)|(?:Reacted )?{_EMOJI} to) "
    rf"[“\"„«][^{_QUOTES}]+[”\"“»]"
)


def reaction_in(raw: bytes, parts: Sequence[Part], words: str, *, answers: bool) -> tuple[str, bool] | None:
    """Tell a reaction by what to call it, and whether words of a person stand beside it.

    `answers`: the mail says that it follows another; without, no sentence alone is believed.
    """
    lines = list(filter(None, map(str.strip, words[: _LINE_CHARS * _MOST_LINES].split("\n"))))
    for part in parts[:_MOST_PARTS]:
        if part.content_type == REACTION_TYPE:
            emoji = _emoji(structure.content(raw, part)[0][:_READ_BYTES])
            if emoji:
                return f"a reaction: {emoji}", not _wordless(lines) or len(words.strip()) > _LINE_CHARS
        elif part.disposition == "reaction" and _is_picture(words):
            return f"a reaction: {words.strip()[:_EMOJI_CHARS]}", False
    if answers and _is_sentence(lines, words):
        return "a reaction", False
    return None


def _emoji(data: bytes) -> str:
    """The picture of a valid reaction; whoever sends another is taken by their words, as Gmail does."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    emoji = told.get("emoji") if isinstance(told, dict) else None
    return emoji[:_EMOJI_CHARS] if isinstance(emoji, str) and _is_picture(emoji) else ""


def _is_picture(text: str) -> bool:
    """Tell whether a text holds something to see and no letter; the digits of `1️⃣` are pictures too."""
    return 0 < len(text.strip()) <= _EMOJI_CHARS and not any(map(str.isalpha, text)) and not text.isascii()


def _wordless(lines: Sequence[str]) -> bool:
    """Tell whether nothing stands there but a picture and Gmail's own line."""
    rest = [line for line in lines if not _is_picture(line)]
    return not rest or (len(rest) == 1 and _NAMES_GMAIL.fullmatch(rest[0]) is not None)


def _is_sentence(lines: Sequence[str], words: str) -> bool:
    """Tell whether the words are what a program writes for a click, and nothing else."""
    if len(words) > _LINE_CHARS * _MOST_LINES or not 0 < len(lines) <= _MOST_LINES:
        return False
    if _BY_TELEPHONE.fullmatch(words.strip()):
        return True
    rest = [line for line in lines if not _is_picture(line)]
    if len(rest) != 1:
        return False
    pictured = len(rest) < len(lines)
    return bool(_BY_OUTLOOK.fullmatch(rest[0]) or (pictured and _BY_GMAIL.fullmatch(rest[0])))
