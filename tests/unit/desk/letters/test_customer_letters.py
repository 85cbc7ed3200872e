"""Letters to customers: of all that one change tells them, one letter, and nothing untrue in it."""

from __future__ import annotations

import pytest

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.customer_letters import _RANK, letters_among
from maildesk.desk.letters.letter_kinds import FORMS, Audience
from tests.unit.desk.letter_matters import TO_BO, WRITER, occasion, read, text_of
from tests.unit.desk.matters import AGENT, BO, CY, case

K = LetterKind


@pytest.mark.parametrize(
    ("phase", "owed", "written"),
    [
        (Phase.CLOSED, [K.CLOSED, K.ANSWER], [(K.ANSWER, [K.CLOSED])]),
        (Phase.OPEN, [K.REOPENED, K.ESCALATED], [(K.REOPENED, [K.ESCALATED])]),
        (Phase.OPEN, [K.ESCALATED, K.REASSIGNED, K.ANSWER], [(K.ANSWER, [K.ESCALATED, K.REASSIGNED])]),
        (Phase.CLOSED, [K.ACKNOWLEDGEMENT_FIXED, K.CLOSED], [(K.ACKNOWLEDGEMENT_FIXED, [K.CLOSED])]),
        (Phase.OPEN, [K.CLOSED, K.REOPENED], [(K.REOPENED, [])]),
        (Phase.CLOSED, [K.REOPENED, K.CLOSED], [(K.CLOSED, [])]),
        (Phase.OPEN, [K.TRANSCRIPT, K.ANSWER], [(K.ANSWER, []), (K.TRANSCRIPT, [])]),
        (Phase.OPEN, [K.REPLIED_TEAM], []),
        (Phase.OPEN, [], []),
    ],
)
def test_what_one_change_tells_the_customers_is_one_letter(
    phase: Phase, owed: list[LetterKind], written: list[tuple[LetterKind, list[LetterKind]]]
) -> None:
    letters = letters_among([LetterOrder(kind) for kind in owed], case(phase=phase))
    assert [(one.kind, [each.kind for each in one.also]) for one in letters] == written


def test_a_letter_of_the_operators_own_goes_by_itself() -> None:
    owed = [LetterOrder(K.OWN, own="testimonial"), LetterOrder(K.CLOSED), LetterOrder(K.ESCALATED)]
    letters = letters_among(owed, case(phase=Phase.CLOSED))
    assert [(one.kind, len(one.also)) for one in letters] == [(K.CLOSED, 1), (K.OWN, 0)]


def test_every_letter_to_customers_has_its_place() -> None:
    alone = Audience.SENDER  # what goes to whoever filled in a form goes by itself
    merged = (
        kind for kind, form in FORMS.items() if form.audience.of_customers and form.audience is not alone
    )
    assert set(_RANK) == set(merged)


TO_CY = Addressee(CY, "Cy", PartyRole.CC)


@pytest.mark.parametrize("kind", [kind for kind in _RANK if FORMS[kind].audience is Audience.CUSTOMERS])
def test_what_is_the_requesters_alone_stands_in_no_copy_of_others(kind: LetterKind) -> None:
    news = (K.CLOSED, K.ESCALATED, K.REASSIGNED)
    also = tuple(LetterOrder(each, extra=NEWS[each][0]) for each in news if each is not kind)
    extra = dict(FORMS[kind].example)
    order = LetterOrder(kind, author=AGENT, text="Pull the plug.", extra=extra, also=also)
    letters = WRITER.write(order, occasion(), [TO_CY, TO_BO, TO_CY])
    texts = [text_of(read(letter)) for letter in letters]
    assert [letter.recipient for letter in letters] == [CY, BO, CY]
    assert len({letter.message_id for letter in letters}) == 1
    for taken in (K.ESCALATED, K.REASSIGNED):
        assert [NEWS[taken][1] in text for text in texts] == [False, True, False]
    if kind is not K.CLOSED:
        assert all(NEWS[K.CLOSED][1] in text for text in texts)


NEWS = {
    K.CLOSED: ({"outcome": "a new cable"}, "We have closed your case 7K2Q-9F3M: a new cable."),
    K.OUTCOME: ({"outcome": "", "means": "It was mended."}, "It was mended."),
    K.NEED: ({"pieces": "A picture\nSince when?"}, "we need this from you:\n\n- A picture\n- Since when?"),
    K.STATUS: ({"means": "The factory looks at it."}, "The factory looks at it."),
    K.REOPENED: ({}, "Case 7K2Q-9F3M is open again."),
    K.ESCALATED: ({}, "Case 7K2Q-9F3M has been escalated: our leadership has been told"),
    K.REASSIGNED: ({"owner": "Ben Beck", "team": ""}, "Ben Beck looks after case 7K2Q-9F3M from now on."),
}


@pytest.mark.parametrize("taken", list(NEWS))
@pytest.mark.parametrize("kind", [kind for kind in _RANK if kind is not K.REASSIGNED])
def test_the_letter_that_takes_another_along_says_what_that_one_says(
    kind: LetterKind, taken: LetterKind
) -> None:
    extra, said = NEWS[taken]
    also = (LetterOrder(taken, extra=extra),)
    example = dict(FORMS[kind].example)
    order = LetterOrder(kind, author=AGENT, text="Pull the plug.", extra=example, also=also)
    (letter,) = WRITER.write(order, occasion(case()), [TO_BO])
    text = text_of(read(letter)).replace("\r\n", "\n")
    assert said in text
    assert "\n\n\n" not in text
    if kind is K.ANSWER:
        paragraphs = text.split("\n\n")
        assert (paragraphs[0], paragraphs[-1].strip()) == ("Pull the plug.", "Ana Agent")


def test_a_question_that_comes_along_asks_for_an_answer_and_not_for_a_list() -> None:
    also = (LetterOrder(K.NEED, extra={"pieces": ""}),)
    order = LetterOrder(K.ANSWER, author=AGENT, text="Pull the plug.", also=also)
    (letter,) = WRITER.write(order, occasion(case()), [TO_BO])
    text = text_of(read(letter)).replace("\r\n", "\n")
    assert "we need your answer." in text
    assert "we need this from you" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize(("to", "greeting"), [(BO, "Hello Bo Lund,"), (CY, "Hello,")])
def test_a_form_that_is_sent_back_greets_whoever_filled_it_in(to: str, greeting: str) -> None:
    order = LetterOrder(K.FORM_ASKED, to=(to,), extra=dict(FORMS[K.FORM_ASKED].example))
    (letter,) = WRITER.write(order, occasion(case()), [Addressee(to, "", PartyRole.CC)])
    assert greeting in text_of(read(letter)).splitlines()
