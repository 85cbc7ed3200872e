"""Drawings of the report as SVG: marks and numbers only, so that one serves the page and the letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from maildesk.pages.tokens import LIGHT

WIDTH: Final = 640
_NAMED: Final = re.compile(r"var\(--(\w+)\)")

STYLE: Final = """\
svg text{font:12px "DejaVu Sans",sans-serif;fill:var(--mute)}svg .strong{fill:var(--text);font-weight:700}
.grid{stroke:var(--grid)}.axis{stroke:var(--mute)}.in{fill:var(--in)}
.out{fill:var(--out);stroke:var(--edge)}.rest{fill:none;stroke:var(--text);stroke-width:2}
.dot{fill:var(--text)}svg .late{fill:var(--late)}.due{stroke:var(--text);stroke-dasharray:4 3}
.spark .rest{stroke:var(--mute);stroke-width:1.5}
"""
"""The form of every mark, in the colours of the page."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing: its size, its marks, and what it shows in words. An empty one says nothing."""

    name: str
    height: int
    marks: str
    told: str
    says_something: bool = True

    def svg(self, say: Callable[[str], str] = str) -> str:
        """The drawing for a page, in whose colours it stands; `say` speaks the page's language."""
        return f"{self._begin(say(self.told))}{self.marks}</svg>"

    def _begin(self, told: str, more: str = "") -> str:
        view = f'viewBox="0 0 {WIDTH} {self.height}" role="img" aria-label="{escape(told)}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {more}{view}>'


def alone(drawing: Drawing) -> str:
    """The drawing as a file of its own: in the light colours, on white paper."""
    size = f'width="{WIDTH}" height="{drawing.height}"'
    paper = f'<rect {size} fill="{LIGHT["bg"]}"/>'
    style = _NAMED.sub(lambda found: LIGHT[found[1]], STYLE)
    return f"{drawing._begin(drawing.told, f'{size} ')}<style>{style}</style>{paper}{drawing.marks}</svg>"


def spark(values: Sequence[float | None]) -> str:
    """A line as small as a word; where a week says nothing it is broken."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = 90 / (len(values) - 1)

    def place(at: int, value: float) -> str:
        up = (value - low) / (high - low) if high > low else 0.5
        return f"{3 + at * step:.1f} {18 - 14 * up:.1f}"

    path, pen = "", "M"
    for at, value in enumerate(values):
        path += f"{pen}{place(at, value)}" if value is not None else ""
        pen = "L" if value is not None else "M"
    last = values[-1]
    x, y = place(len(values) - 1, last).split() if last is not None else ("", "")
    dot = f'<circle class="in" cx="{x}" cy="{y}" r="3"/>' if x else ""
    return (
        f'<svg class="spark" viewBox="0 0 96 22" width="96" height="22" aria-hidden="true">'
        f'<path class="rest" d="{path}"/>{dot}</svg>'
    )


def flow(
    names: Sequence[str], came: Sequence[int], ended: Sequence[int], rest: Sequence[int], told: str
) -> Drawing:
    """Two bars for each week, what came and what ended, and a line of what was left."""
    height, base, top = 240, 210, 16
    most = _round_up(max((*came, *ended, *rest), default=1))
    marks = [_scale(most, base, top)]
    slot = (WIDTH - 50) / max(len(names), 1)
    bar = slot * 0.34

    def up(value: int) -> float:
        return base - (base - top) * value / most

    for at, name in enumerate(names):
        left = 44 + at * slot
        marks.append(_bar("in", left, up(came[at]), bar, base))
        marks.append(_bar("out", left + bar, up(ended[at]), bar, base))
        marks.append(_text(left + bar, base + 16, name, "middle", strong=at == len(names) - 1))
    points = [(44 + at * slot + bar, up(value)) for at, value in enumerate(rest)]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    marks.append(f'<path class="rest" d="M{line}"/>' if points else "")
    marks += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return Drawing("flow", height, "".join(marks), told, any((*came, *ended, *rest)))


def columns(labels: Sequence[str], counts: Sequence[int], late_from: int, told: str) -> Drawing:
    """One column for each part of the promised time; those from `late_from` on were too late."""
    height, base, top = 200, 170, 20
    most = _round_up(max(counts, default=1))
    slot = (WIDTH - 50) / max(len(labels), 1)
    marks = [_scale(most, base, top)]
    for at, (label, count) in enumerate(zip(labels, counts, strict=True)):
        left, y = 44 + at * slot, base - (base - top) * count / most
        marks.append(_bar("in" if at < late_from else "late", left + 4, y, slot - 8, base))
        marks.append(_text(left + slot / 2, y - 4, str(count), "middle", strong=True) if count else "")
        marks.append(_text(left + slot / 2, base + 16, label, "middle"))
    due = 44 + late_from * slot
    marks.append(f'<line class="due" x1="{due:.1f}" x2="{due:.1f}" y1="{top - 8}" y2="{base}"/>')
    return Drawing("answers", height, "".join(marks), told, any(counts))


def stacks(labels: Sequence[str], pairs: Sequence[tuple[int, int]], told: str) -> Drawing:
    """One bar for each age, from the left: first ours, then the customer's."""
    row = 30
    most = max((sum(each) for each in pairs), default=0) or 1
    width = WIDTH - 110
    marks = []
    for at, (label, (ours, theirs)) in enumerate(zip(labels, pairs, strict=True)):
        y, split = 6 + at * row, width * ours / most
        marks.append(_text(58, y + 15, label, "end"))
        marks.append(_piece("in", 66, y, split) if ours else "")
        marks.append(_piece("out", 66 + split, y, width * theirs / most) if theirs else "")
        end = 66 + width * (ours + theirs) / most
        marks.append(_text(end + 6, y + 15, str(ours + theirs), "start", strong=True))
    return Drawing("ages", 12 + row * len(labels), "".join(marks), told, any(map(any, pairs)))


def _round_up(most: int) -> int:
    """The first even round number that is not less: the top of a scale."""
    size = 1
    while True:
        for each in (2, 4, 6, 8, 10):
            if each * size >= most:
                return each * size
        size *= 10


def _scale(most: int, base: int, top: int) -> str:
    lines: list[str] = []
    for value in (0, most // 2, most):
        y = base - (base - top) * value / most
        kind = "grid" if value else "axis"
        lines.append(f'<line class="{kind}" x1="40" x2="{WIDTH - 6}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(_text(34, y + 4, str(value), "end"))
    return "".join(lines)


def _bar(kind: str, x: float, y: float, width: float, base: int) -> str:
    height = base - y
    if height <= 0:
        return ""
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _piece(kind: str, x: float, y: float, width: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="20"/>'


def _text(x: float, y: float, words: str, anchor: str, *, strong: bool = False) -> str:
    kind = ' class="strong"' if strong else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def key(entries: Iterable[tuple[str, str]]) -> str:
    """The words of a drawing's marks, beside each mark."""
    items = []
    for kind, words in entries:
        mark = (
            '<path class="rest" d="M0 6H16"/><circle class="dot" cx="8" cy="6" r="3"/>'
            if kind == "rest"
            else f'<rect class="{kind}" x="1" y="1" width="14" height="10"/>'
        )
        items.append(f'<li><svg viewBox="0 0 16 12" aria-hidden="true">{mark}</svg>{words}</li>')
    return f'<ul class="key">{"".join(items)}</ul>'
