"""Our scores as lines of a table, each beside those of the libraries measured on the same set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.corpora.adapter import OWN, QUOTES_ONLY, WITHOUT_FLUFL
from bench.corpora.scoring import Score


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: which checks of which set it counts, by which adapter of ours, and what it aims at.

    `like` is the line of the corpora's README with the scores of others.
    """

    said: str
    corpus: str
    adapter: str = OWN
    only: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()
    aim: float | None = None
    like: str = ""

    def counts(self, corpus: str, adapter: str, name: str) -> bool:
        """Whether a check of that field belongs to this line."""
        within = name not in self.leave and (not self.only or name in self.only)
        return within and (corpus, adapter) == (self.corpus, self.adapter)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    said: str
    made: int
    passed: int
    aim: float | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return 100 * self.passed / self.made if self.made else 0.0


_HTML = frozenset({"html"})
ASKED = (
    Asked("stalwart", "stalwart", aim=95, like="stalwart"),
    Asked("hostile, clean", "hostile", aim=100, like="hostile, clean"),
    Asked("crisp_reply", "crisp_reply", aim=85, like="crisp_reply"),
    Asked("talon, text, quotes only", "talon", QUOTES_ONLY, leave=_HTML, aim=85, like="talon, text"),
    Asked("talon, text, as the desk shows it", "talon", leave=_HTML, like="talon, text"),
    Asked("talon, HTML, quotes only", "talon", QUOTES_ONLY, only=_HTML),
    Asked("quotequail, text", "quotequail", leave=_HTML, aim=90, like="quotequail, text"),
    Asked("quotequail, HTML", "quotequail", only=_HTML),
    Asked("bounces, with flufl.bounce", "flufl_bounce", aim=100),
    Asked("bounces, our rules alone", "flufl_bounce", WITHOUT_FLUFL, aim=90),
    Asked("threads_jwz, by references", "threads_jwz", only=frozenset({"threads"}), aim=100),
    Asked("threads_notmuch", "threads_notmuch", aim=100),
)


def is_asked(corpus: str, adapter: str, name: str) -> bool:
    """Whether any line of the table counts such a check."""
    return any(each.counts(corpus, adapter, name) for each in ASKED)


def lines(scores: Sequence[Score], others: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    """The lines whose set was there to be judged."""
    judged = {(each.corpus, each.adapter): each for each in scores}
    for asked in ASKED:
        score = judged.get((asked.corpus, asked.adapter))
        if score is None:
            continue
        counted = [
            each for name, each in score.fields.items() if asked.counts(asked.corpus, asked.adapter, name)
        ]
        made, passed = sum(each[0] for each in counted), sum(each[1] for each in counted)
        if made:
            yield Line(asked.said, made, passed, asked.aim, others.get(asked.like, {}))


def text(lines_: Sequence[Line]) -> str:
    """The table as it is printed."""
    printed = [f"{'set':36}{'checks':>7}{'passed':>8}{'maildesk':>10}{'aim':>6}   others"]
    for line in lines_:
        beside = ", ".join(f"{name} {score}" for name, score in line.others.items())
        aim = f"{line.aim:g}" if line.aim is not None else ""
        missed = " " if line.aim is None or line.share >= line.aim else "<"
        printed.append(
            f"{line.said:36}{line.made:7}{line.passed:8}{line.share:10.1f}{missed}{aim:>5}   {beside}"
        )
    return "\n".join(each.rstrip() for each in printed)
