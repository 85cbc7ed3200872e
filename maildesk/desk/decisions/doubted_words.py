"""Words of an agent's mail that may be somebody else's: told to their author, and said in nobody's name."""

from __future__ import annotations

from maildesk.desk.case.told import Phrase
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.mail.reply.history import Doubt

# Words may be another's there, and whose they are only their author can say.
_UNSAID = {
    str(Doubt.BELOW_INTRODUCTION): (
        Phrase("below the line that introduces another mail"),
        Phrase("write them above it"),
    ),
    str(Doubt.BELOW_FOOTER): (Phrase("below the footer of your telephone"), Phrase("write them above it")),
    str(Doubt.IN_A_FILE): (
        Phrase("in a file (smime.p7m, winmail.dat)"),
        Phrase("write them as the text of your mail"),
    ),
}


def tell_doubted(run: CommandRun) -> None:
    """Tell the author of words that may be quoted, so that they are said on in nobody's name."""
    body = run.s.mail.body
    if body.doubt not in _UNSAID or not body.new_text:
        return
    where, instead = _UNSAID[body.doubt]
    run.transcript.undone.append(
        Phrase(
            "your words {where} were not used, as they may be somebody else's ({instead})",
            where=where,
            instead=instead,
        )
    )
    if not run.words.back:
        run.words.back = body.new_text.removeprefix(body.own_text).strip()
