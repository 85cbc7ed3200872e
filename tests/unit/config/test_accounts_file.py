"""The file of accounts: what other programs write as CSV, and what is wrong with it, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.config.accounts_file import read_accounts
from maildesk.config.problems import ConfigError
from maildesk.desk.policy.people import Account

MIB = 1 << 20
HEAD = "name,domains,addresses,plan,language,licenses,partner\n"


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "accounts.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_line_is_an_account_and_other_columns_are_its_fields(tmp_path: Path) -> None:
    text = HEAD + (
        "Client Inc,client.example,ceo@private.example,Premium Success,pt-BR,25,true\n"
        '"Lund, Sons","lund.example; Lund2.example","a@b.example b@b.example",,,,no\n'
        "\n"
        ",,,,,,\n"
        "Short Ltd,short.example\n"
    )
    assert read_accounts(written(tmp_path, text), MIB) == (
        Account(
            "Client Inc",
            ("client.example",),
            ("ceo@private.example",),
            "Premium Success",
            "pt-BR",
            {"licenses": "25", "partner": "yes"},
        ),
        Account(
            "Lund, Sons",
            ("lund.example", "lund2.example"),
            ("a@b.example", "b@b.example"),
            fields={"partner": "no"},
        ),
        Account("Short Ltd", ("short.example",)),
    )


FORMS = {
    "semicolons": b"name;domains;value\r\nClient Inc;a.example,b.example;high\r\n",
    "tabs": b"name\tdomains\tvalue\nClient Inc\ta.example b.example\thigh\n",
    "a byte order mark": b"\xef\xbb\xbfname,domains,value\nClient Inc,a.example b.example,high\n",
    "headings in capitals, an empty one": b"Name,DOMAINS,,value\nClient Inc,a.example b.example,x,high\n",
    "other columns first": b"value,domains,name\nhigh,a.example b.example,Client Inc\n",
    "no line end": b"name,domains,value\nClient Inc,a.example b.example,high",
}


@pytest.mark.parametrize("raw", FORMS.values(), ids=FORMS)
def test_programs_write_it_in_many_ways(tmp_path: Path, raw: bytes) -> None:
    file = written(tmp_path, raw)
    expected = Account("Client Inc", ("a.example", "b.example"), fields={"value": "high"})
    assert read_accounts(file, MIB) == (expected,)


WRONG = {
    "no headings": ("", ":1:1: name: there is no such column (begin with a line of headings"),
    "no names": ("domains\nclient.example\n", ":1:2: name: there is no such column"),
    "a heading twice": ("name,Plan,plan\nA,b,c\n", ":1:2: plan: is the heading of two columns"),
    "a field of an endless name": (f"name,{'x' * 61}\nA,b\n", "should be a short name"),
    "a name missing": (HEAD + ",client.example\n", ":2:1: name: is missing"),
    "a domain that is none": (HEAD + "A,client\n", ":2:2: domains: 'client' is not a domain name"),
    "an address that is none": (HEAD + "A,,a@b\n", ":2:3: addresses: 'b' is not a domain name"),
    "a language that is none": (HEAD + "A,,,,Portuguese!\n", ":2:5: language: 'Portuguese!' is not the tag"),
    "a shared domain": (HEAD + "A,gmail.com\n", ":2:2: domains: anybody may have an address at gmail.com"),
    "a control character": (HEAD + "A,,,,,\x07\n", ":2:6: licenses: should be one short line"),
    "too many cells": ("name,plan\nA,b,c\n", ":2:3: there are more cells than headings"),
    "a name twice": (HEAD + "A\nB\na\n", ":4:1: name: a is there already, on line 2"),
    "a domain twice": (HEAD + "A,a.example\nB,A.example\n", ":3:2: domains: a.example belongs to account A"),
    "one of the configuration": (
        HEAD + "Known\n",
        ":2:1: name: Known is there already, in the configuration",
    ),
    "a domain of the configuration": (HEAD + "A,known.example\n", "known.example belongs to account Known"),
    "a quote that does not end": (HEAD + 'A,"b\nB,c\n', ":2:1: is no CSV from here on"),
    "a NUL": (HEAD + "A\0,b.example\n", ":2:1: "),
    "the line after a cell of two lines": (HEAD + 'A,"a.example\nb.example"\n,c\n', ":4:1: name: is missing"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line_and_column(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_accounts(written(tmp_path, text), MIB, [Account("Known", ("known.example",))])
    assert said in str(caught.value)


def test_everything_wrong_is_told_at_once_up_to_a_limit(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_accounts(written(tmp_path, HEAD + "A,b\n" * 1000), MIB)
    assert 50 <= len(caught.value.problems) < 60


def test_what_is_no_text_or_too_much_of_it_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.csv:2:1: is not UTF-8 text"):
        read_accounts(written(tmp_path, b"name\nL\xe9a\n"), MIB)
    with pytest.raises(ConfigError, match="is larger than 1MiB"):
        read_accounts(written(tmp_path, "name\n" + "x" * MIB), MIB)
    with pytest.raises(ConfigError, match="cannot be read: no such file"):
        read_accounts(tmp_path / "gone.csv", MIB)
