"""The language of a mail's own words, told from them where its header does not say."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Final

from maildesk.mail.message import IncomingMail

_log = logging.getLogger(__name__)

FEWEST_WORDS: Final = 20
"""Fewer words are no ground for an opinion: `OK, danke!` is written everywhere."""

_MOST_CHARS: Final = 4000
"""So much of a mail tells its language as well as all of it."""


Classify = Callable[[str], tuple[str, float]]


def classifier() -> Classify | None:
    """The library that tells, its model loaded. It is an extra: without it header and account decide.

    Whatever is wrong with it costs an opinion, never a mail.
    """
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # one each for many CPUs is more memory than we may use
    try:
        from py3langid import classify

        classify("")
    except ImportError:
        return None
    except Exception as problem:  # noqa: BLE001 - a damaged model, too little memory
        _log.warning("py3langid cannot be used, no language is told from words: %s", type(problem).__name__)
        return None
    return classify  # type: ignore[no-any-return]  # the library has no types


def language_of_words(mail: IncomingMail, classify: Classify) -> str:
    """The language of its new words, such as `pt`; empty where the header names one, or nobody can tell."""
    words = mail.body.new_text[:_MOST_CHARS]
    if mail.language or len(words.split()) < FEWEST_WORDS:
        return ""
    try:
        return str(classify(words)[0])
    except Exception as problem:  # noqa: BLE001 - the mail says all that it says, but not in which language
        _log.warning("py3langid failed on a mail: %s", type(problem).__name__)
        return ""
