"""Pictures of drawings, for mail programs, which show no SVG; the library that makes them is an extra."""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import as_file, files
from typing import Final

from maildesk.pages.drawing import Drawing, alone

_log = logging.getLogger(__name__)

PIXELS: Final = 1200
"""The width of a picture: twice what a letter shows it at, for fine screens."""

_FONT: Final = "DejaVuSans-subset.ttf"


def can_draw() -> bool:
    """Tell whether the library is here."""
    try:
        import resvg_py  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        return False
    return True


def png(drawing: Drawing) -> bytes | None:
    """The picture of a drawing, on white; None where the library is missing, or fails.

    The letter says in words all that its pictures show, so it never waits for one. The font comes along:
    a machine without any draws the same picture.
    """
    try:
        from resvg_py import svg_to_bytes

        return bytes(
            svg_to_bytes(
                svg_string=alone(drawing),
                width=PIXELS,
                skip_system_fonts=True,
                font_files=[_font()],
                font_family="DejaVu Sans",
                sans_serif_family="DejaVu Sans",
            )
        )
    except ImportError:
        return None
    except Exception as problem:  # noqa: BLE001 - a library of another version: the letter goes without
        _log.warning("resvg_py cannot draw, the letter goes without pictures: %s", type(problem).__name__)
        return None


@cache
def _font() -> str:
    """The path of the font."""
    with as_file(files("maildesk.pages") / "fonts" / _FONT) as path:
        return str(path)
