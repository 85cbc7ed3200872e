"""The scores of other libraries, read from the tables of the corpora's own README each time."""

from __future__ import annotations

from pathlib import Path


def anchors(folder: Path) -> dict[str, dict[str, str]]:
    """Set → library → score as it stands there; `[100]` is that of a library on its own tests."""
    readme = folder / "README.md"
    return tables(readme.read_text(encoding="utf-8")) if readme.exists() else {}


def tables(text: str) -> dict[str, dict[str, str]]:
    """Rows of all tables whose other columns have numbers, by the name in their first column."""
    found: dict[str, dict[str, str]] = {}
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip().strip("*").strip() for cell in line.strip().strip("|").split("|")]
        if not head:
            head = cells
        elif len(cells) == len(head) and all(map(_is_score, cells[1:])):
            found[cells[0]] = dict(zip(head[1:], cells[1:], strict=True))
    return found


def _is_score(cell: str) -> bool:
    return cell.strip("[]").replace(".", "", 1).isdigit()
