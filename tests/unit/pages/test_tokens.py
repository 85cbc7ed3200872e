"""The colours of pages: each text and each mark stands out from its ground, in both schemes."""

from __future__ import annotations

import re

import pytest

from maildesk.pages.tokens import DARK, LIGHT, READ_ON, SEEN_ON, STYLE, contrast


def test_contrast_is_what_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_and_every_mark_be_seen(colours: dict[str, str]) -> None:
    for text, ground in READ_ON:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for mark, ground in SEEN_ON:
        assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)


def test_both_schemes_have_the_same_names_and_the_sheet_uses_no_other() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= LIGHT.keys()
    assert "url(" not in STYLE
    assert "@import" not in STYLE
