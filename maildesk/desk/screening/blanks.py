"""White space as people's programs write it."""

from __future__ import annotations

from typing import Final

BLANK: Final = (
    " \t\r\n\f\v\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
    "\u00ad\u061c\u180e\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""HTML's no-break space, CJK's wide one, marks of no width, and those that programs for Arabic and Hebrew put
where the direction changes."""
