"""The form of the board beyond that of every page: its style, and the nine lines that it can do without."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
body{max-width:90rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;justify-content:space-between}
table{table-layout:fixed}.p{width:7rem}.o{width:11rem}.t{width:7rem}.w{width:13rem}.a{width:6.5rem}
.tiles .bad{border-left:.35rem solid var(--late)}.tiles .bad b{color:var(--late)}
.find{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:1rem 0}
.find[hidden],tr[hidden]{display:none}
input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--mute);border-radius:.3rem;
padding:.35rem .5rem;width:min(24rem,100%)}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace;color:var(--text);
margin-right:.75rem;white-space:nowrap}
small{display:block}
@media screen and (max-width:48rem){table,tbody,tr:not([hidden]),tbody th{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{border-bottom:1px solid var(--line);padding:.5rem 0}tbody th,tbody td{border:0;padding:0}
tbody td{display:inline;font-size:.9375rem}tbody td:not(:empty)+td:not(:empty)::before{content:" · "}
td.w,td.w small{display:inline}td.w small::before{content:", "}td.a::after{content:" old"}
.p,.o,.t,.w,.a{width:auto}.since td.w:before{content:" · waits since "!important}
.ours td.w:before{content:" · our last word "!important}}
@media print{table{font-size:9pt}.p{width:4.5rem}.o{width:7rem}.t{width:5rem}.w{width:9.5rem}.a{width:3.5rem}}
"""

SCRIPT: Final = """
const at=document.getElementById('at'),old=document.getElementById('old'),box=document.getElementById('find');
const tick=()=>{const m=Math.floor((Date.now()-Date.parse(at.dateTime))/6e4);
old.textContent=m<5?'':`This page is ${m} minutes old: does the daemon run?`};
tick();setInterval(tick,3e4);box.closest('p').hidden=false;
box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/);let n=0;
for(const row of document.querySelectorAll('tbody tr')){const text=row.textContent.toLowerCase();
row.hidden=!words.every(w=>text.includes(w));n+=!row.hidden}
document.getElementById('n').textContent=n+' shown'});
"""
"""Says how old the page is once that is long, and hides rows; it writes no markup and asks for nothing."""
