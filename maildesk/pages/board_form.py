"""The form of the board beyond that of every page: its style, and the few lines that it can do without."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.pages.board_words import PLACE, BoardWords

_STYLE: Final = """\
body{max-width:90rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;justify-content:space-between}
table{table-layout:fixed}.p{width:7rem}.o{width:11rem}.t{width:8rem}.a{width:7rem}.w{width:14rem}
.tiles{grid-template-columns:repeat(6,1fr)}
.tiles .bad{border-left:.35rem solid var(--late)}.tiles .bad b{color:var(--late)}
.find{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:1rem 0}
.find[hidden],tr[hidden],section[hidden]{display:none}
input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--mute);border-radius:.3rem;
padding:.35rem .5rem;width:min(24rem,100%)}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;color:var(--text);
margin-right:.75rem;white-space:nowrap}
small{display:block}
@media (max-width:64rem){.tiles{grid-template-columns:repeat(3,1fr)}}
@media (max-width:34rem){.tiles{grid-template-columns:repeat(2,1fr)}}
@media screen and (max-width:64rem){table,tbody,tr:not([hidden]),tbody th{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{border-bottom:1px solid var(--line);padding:.5rem 0}tbody th,tbody td{border:0;padding:0}
tbody td{display:inline;font-size:.9375rem}.p,.o,.t,.a,.w{width:auto}
tbody td:not(:empty,.p,.w):before{content:" · "}tbody td.p:empty+td.o:before{content:none}
tbody td.w{display:block}td.w small{display:inline;font-size:inherit}td.w small:before{content:", "}
"""

_PAPER: Final = """\
@media print{table{font-size:9pt}.p{width:4.5rem}.o{width:7rem}.t{width:5rem}.a{width:4rem}.w{width:10rem}}
"""


def style_in(told: BoardWords) -> str:
    """The style of a board. On a narrow screen tables have no heads, and it says what each cell is."""
    old = told.sides(Phrase("{time} old", time=PLACE))
    since = told.sides(Phrase("waits since {moment}", moment=PLACE))
    ours = told.sides(Phrase("our last word {moment}", moment=PLACE))
    return (
        f"{_STYLE}"
        f"tbody td.a:before{{content:{_quoted(f' · {old[0]}')}}}"
        f"td.a:after{{content:{_quoted(old[1])}}}\n"
        f".since td.w:before{{content:{_quoted(since[0])}}}.since td.w:after{{content:{_quoted(since[1])}}}\n"
        f".ours td.w:before{{content:{_quoted(ours[0])}}}.ours td.w:after{{content:{_quoted(ours[1])}}}}}\n"
        f"{_PAPER}"
    )


def _quoted(text: str) -> str:
    """The text as a string of a style sheet; whatever it holds, it ends neither the string nor the sheet."""
    kept = (each if each.isalnum() or each in " ·,:-" else f"\\{ord(each):x} " for each in text)
    return f'"{"".join(kept)}"'


SCRIPT: Final = """
const el=id=>document.getElementById(id),at=el('at'),old=el('old'),box=el('find'),n=el('n');
const tick=()=>{const m=Math.floor((Date.now()-Date.parse(at.dateTime))/6e4);
old.textContent=m<5?'':old.dataset.told.replace('{minutes}',m)};
tick();setInterval(tick,3e4);box.closest('p').hidden=false;
box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/);let all=0;
for(const part of document.querySelectorAll('section')){let here=0;
for(const row of part.querySelectorAll('tbody tr')){const text=row.textContent.toLowerCase();
row.hidden=!words.every(w=>text.includes(w));here+=!row.hidden}
part.hidden=!here&&box.value.trim();all+=here}
n.textContent=n.dataset.told.replace('{number}',all)});
"""
"""Says how old the page is once that is long, and hides rows; it writes no markup and asks for nothing.
The sentences that it fills in stand in the page, so that it is the same in every language."""
