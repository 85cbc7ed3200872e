"""`python -m bench.corpora`: how well maildesk reads labelled mails, beside other libraries."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.corpora.adapter import OWN
from bench.corpora.anchors import anchors
from bench.corpora.scoring import CannotScore, Failure, Score, scores
from bench.corpora.table import Line, is_asked, lines, text
from bench.corpora.unlabelled import TNEF, Called, called_automatic, names_in_winmail

VARIABLE = "CORPORA"
USUAL = Path(__file__).parents[2].parent / "shared" / "corpora"
AUTOMATIC = "automatic"


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.corpora", description=__doc__)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=os.environ.get(VARIABLE) or None,
        help=f"where the corpora lie (default: ${VARIABLE}, else ../shared/corpora beside this checkout)",
    )
    parser.add_argument(
        "--failures",
        metavar="SET",
        help=f"print what we get wrong in one set (stalwart, crisp_reply, …, {TNEF}, {AUTOMATIC})",
    )
    return parser.parse_args(words)


def main(words: list[str] | None = None, usual: Path = USUAL) -> int:
    """0 also where no corpora are, because they are no part of the project; 2 if a named folder has none."""
    given = arguments(words)
    folder = Path(given.folder or usual)
    if not (folder / "score.py").exists():
        print(
            f"No mail corpora at {os.path.relpath(folder)}: nothing to measure; "
            f"name their folder with make corpora {VARIABLE}=FOLDER."
        )
        return 2 if given.folder else 0
    try:
        return failures(folder, given.failures) if given.failures else everything(folder)
    except CannotScore as error:
        print(f"{folder / 'score.py'} ended with an error:\n{error}", file=sys.stderr)
        return 1


def everything(folder: Path) -> int:
    """The whole table; 1 if the reader raised, which it never may."""
    judged, _ = scores(folder)
    table = list(lines(judged, anchors(folder)))
    asked, failed = names_in_winmail(folder)
    if asked:
        table.append(Line("tnef, names", asked, asked - len(failed)))
    print(
        "Percent of checks passed, white space aside; [n]: on that library's own tests; <: misses our aim.\n"
    )
    print(text(table))
    print(
        f"\n{hostile(judged)}\n\nWhat the rules for automatic mail say of mails collected for something else:"
    )
    for called in called_automatic(folder):
        print(said_of(called))
    raised = [each for each in judged if each.adapter.startswith(OWN) and each.exceptions]
    for each in raised:
        print(f"WRONG: {each.corpus}: {each.exceptions} mails raised an exception ({each.adapter})")
    return 1 if raised else 0


def hostile(judged: list[Score]) -> str:
    """The worst of the hostile mails, and how many raised: ours, then the others of this run."""
    return "\n".join(
        f"hostile, {each.adapter}: {each.exceptions} exceptions, the worst mail {each.worst * 1000:.0f} ms"
        for each in sorted(judged, key=lambda one: not one.adapter.startswith(OWN))
        if each.corpus == "hostile"
    )


def said_of(called: Called) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(called.kinds.items())) or "none"
    return (
        f"  {called.corpus:18}{called.mails:4} mails: {kinds}; "
        f"called a bounce without a delivery report in them: {len(called.doubtful)}"
    )


def failures(folder: Path, corpus: str) -> int:
    """What we get wrong in one set, a paragraph each."""
    found: list[Failure]
    if corpus == TNEF:
        found = names_in_winmail(folder)[1]
    elif corpus == AUTOMATIC:
        found = [each for called in called_automatic(folder) for each in called.doubtful]
    elif (folder / corpus / "index.jsonl").exists():
        found = [
            each for each in scores(folder, [corpus])[1] if is_asked(each.corpus, each.adapter, each.field)
        ]
    else:
        sets = sorted(path.parent.name for path in folder.glob("*/index.jsonl"))
        print(f"There is no set {corpus!r}; there are {', '.join([*sets, AUTOMATIC])}.", file=sys.stderr)
        return 2
    print("\n\n".join(map(str, found)) or f"Nothing wrong in {corpus}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
