"""Tokens of every page: its colours, light and dark, and the form that all pages share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIGHT: Final[Mapping[str, str]] = {
    "bg": "#ffffff",
    "soft": "#f4f6f8",
    "text": "#1b1f24",
    "mute": "#57606a",
    "line": "#d0d7de",
    "grid": "#d8dee4",
    "in": "#0072b2",
    "out": "#e0913a",
    "edge": "#8a4b00",
    "late": "#b3261e",
    "soon": "#8a4b00",
    "focus": "#0072b2",
    "h1": "#e3eff8",
    "h2": "#b9d7ee",
    "h3": "#7fb5de",
    "h4": "#2772ab",
    "h5": "#0b4f82",
    "warm": "#10151a",
    "hot": "#ffffff",
}
"""The colours on a light ground. `in` and `out` are marks of drawings, `edge` the border of `out`, `h1` to
`h5` the cells of a heat map: `warm` is the text on the first three of them, `hot` on the last two."""

DARK: Final[Mapping[str, str]] = {
    "bg": "#14171a",
    "soft": "#1d2126",
    "text": "#e6e9ec",
    "mute": "#a2adb8",
    "line": "#3a424b",
    "grid": "#2c333a",
    "in": "#56b4e9",
    "out": "#b8690f",
    "edge": "#f0b060",
    "late": "#ff8a80",
    "soon": "#f0b060",
    "focus": "#8ccaf2",
    "h1": "#1b2c3a",
    "h2": "#1f435f",
    "h3": "#245f8a",
    "h4": "#7cc0ee",
    "h5": "#c4e4fa",
    "warm": "#ffffff",
    "hot": "#14171a",
}
"""The same on a dark ground."""

READ_ON: Final = (
    *((word, ground) for word in ("text", "mute", "late", "soon") for ground in ("bg", "soft")),
    *(("warm", cell) for cell in ("h1", "h2", "h3")),
    *(("hot", cell) for cell in ("h4", "h5")),
)
"""The pairs of a text and the ground that it stands on: each needs a contrast of 4.5 (WCAG 2.2, 1.4.3)."""

SEEN_ON: Final = tuple((mark, "bg") for mark in ("in", "edge", "late", "focus", "mute"))
"""The pairs of a mark and its ground: each needs a contrast of 3 (WCAG 2.2, 1.4.11)."""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2): from 1, the same, to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _properties(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


_FORM: Final = """\
*{box-sizing:border-box}
body{margin:0 auto;padding:1.25rem clamp(.75rem,3vw,2rem) 3rem;max-width:76rem;
background:var(--bg);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0}h2{font-size:1.15rem;margin:2.25rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}p{max-width:46rem;margin:.5rem 0}
a{color:inherit}:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
small,.mute,caption{color:var(--mute)}
table{border-collapse:collapse;width:100%}caption{text-align:left;padding:.25rem 0;font-size:.875rem}
th,td{padding:.3rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;line-height:1.25;color:var(--mute);font-weight:600;vertical-align:bottom;
overflow-wrap:normal}
tbody th{font-weight:500}tr>:first-child{padding-left:0}
.n{text-align:right;white-space:nowrap}thead th.n{white-space:normal}
.late{color:var(--late);font-weight:600}.soon{color:var(--soon);font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;margin:1.25rem 0;
padding:0;list-style:none}
.tiles>*{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}
.tiles b{display:block;font-size:1.7rem;line-height:1.15;font-weight:650}
.tiles span{font-size:.875rem;color:var(--mute)}
@media print{body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}tr,figure{break-inside:avoid}
thead{display:table-header-group}.screen{display:none!important}}
"""

STYLE: Final = (
    f":root{{color-scheme:light dark;{_properties(LIGHT)}}}\n"
    f"@media (prefers-color-scheme:dark){{:root{{{_properties(DARK)}}}}}\n"
    # Paper is white whatever the screen is.
    f"@media print{{:root{{color-scheme:light;{_properties(LIGHT)}}}}}\n"
    f"{_FORM}"
)
"""The style sheet that every page begins with."""
