"""The file of accounts: a CSV that another program wrote, one customer organisation a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from maildesk.config.problems import ConfigError, Problem, WrongValue
from maildesk.config.values import (
    read_address,
    read_domain,
    read_field_name,
    read_field_value,
    read_language,
    read_line,
    show_size,
)
from maildesk.desk.letters.shared_domains import SHARED_DOMAINS
from maildesk.desk.policy.people import Account
from maildesk.mail.addr_spec import folded

_OWN: Final = ("name", "domains", "addresses", "plan", "language")
"""The columns that mean something to us; every other one is a field of the account."""

_MOST_PROBLEMS: Final = 50
"""So many are told of one file: a column that is wrong is wrong in every line."""

_BETWEEN: Final = re.compile(r"[\s,;]+")
"""Stands between several domains or addresses in one cell."""

T = TypeVar("T")


def read_accounts(path: Path, largest: int, known: Sequence[Account] = ()) -> tuple[Account, ...]:
    """Read the accounts of a file of at most `largest` bytes; raises ConfigError with what is wrong with it.

    `known` are those of the configuration itself, of which none may come again.
    """
    rows = _rows(str(path), _text(path, largest))
    reading = _Reading(str(path), next(rows, (1, []))[1])
    for account in known:
        reading.claims(account, 0)
    accounts = []
    for line, cells in rows:
        if len(reading.problems) >= _MOST_PROBLEMS:
            break
        if any(map(str.strip, cells)):
            accounts.append(reading.account(line, cells))
    if reading.problems:
        raise ConfigError(reading.problems)
    return tuple(accounts)


def _text(path: Path, largest: int) -> str:
    """The text of a file, if it is not larger than that."""
    file = str(path)
    try:
        with path.open("rb") as opened:
            raw = opened.read(largest + 1)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ConfigError([Problem(file, 1, 1, "", f"cannot be read: {reason}")]) from error
    if len(raw) > largest:
        remedy = "raise limits.accounts_size, or leave columns out"
        raise ConfigError([Problem(file, 1, 1, "", f"is larger than {show_size(largest)}", remedy)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError([Problem(file, line, 1, "", "is not UTF-8 text", "save it as UTF-8")]) from None


def _rows(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row, with the line that it begins on. Some programs write semicolons or tabs for commas."""
    head = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError([Problem(file, line, 1, "", f"is no CSV from here on: {error}")]) from None


class _Reading:
    """The rows of a file as they become accounts: who has which name, domain and address, and all problems.

    The column of a problem is the number of the cell.
    """

    def __init__(self, file: str, headings: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._names: dict[str, int] = {}
        self._holders: dict[str, str] = {}
        self.columns = [_heading(each.strip()) for each in headings]
        self._check_headings()
        if self.problems:
            raise ConfigError(self.problems)

    def account(self, line: int, cells: Sequence[str]) -> Account:
        """The account of a row; where something is wrong with it, one that is never used."""
        if len(cells) > len(self.columns):
            self._problem(line, "", "there are more cells than headings")
        given = {name: cell for name, cell in zip(self.columns, cells, strict=False) if name and cell.strip()}
        if "name" not in given:
            self._problem(line, "name", "is missing")

        def read(column: str, reader: Callable[[str], T]) -> T | None:
            try:
                return reader(given[column].strip()) if column in given else None
            except WrongValue as wrong:
                self._problem(line, column, wrong.message, wrong.remedy)
                return None

        fields = {name: read(name, read_field_value) for name in given if name not in _OWN}
        account = Account(
            read("name", read_line) or "",
            read("domains", lambda cell: _several(cell, read_domain)) or (),
            read("addresses", lambda cell: _several(cell, read_address)) or (),
            read("plan", read_line),
            read("language", read_language),
            {name: value for name, value in fields.items() if value is not None},
        )
        self.claims(account, line)
        return account

    def claims(self, account: Account, line: int) -> None:
        """Note what belongs to an account; line 0 is the configuration itself."""
        first = self._names.setdefault(account.name.casefold(), line)
        if account.name and first != line:
            where = f"on line {first}" if first else "in the configuration"
            self._problem(line, "name", f"{account.name} is there already, {where}")
        for column, values in (("domains", account.domains), ("addresses", account.addresses)):
            for value in values:
                holder = self._holders.setdefault(folded(value), account.name)
                if holder != account.name:
                    self._problem(line, column, f"{value} belongs to account {holder} already")
                if value in SHARED_DOMAINS:
                    message = f"anybody may have an address at {value}"
                    self._problem(line, column, message, "list its people under addresses")

    def _check_headings(self) -> None:
        if "name" not in self.columns:
            remedy = f"begin with a line of headings: {', '.join(_OWN)}, and any field"
            self._problem(1, "name", "there is no such column", remedy)
        for at, heading in enumerate(self.columns):
            if heading and heading.casefold() in map(str.casefold, self.columns[:at]):
                self._problem(1, heading, "is the heading of two columns", "keep one of them")
            try:
                read_field_name(heading or "none")
            except WrongValue as wrong:
                self._problem(1, heading, wrong.message, wrong.remedy)

    def _problem(self, line: int, column: str, message: str, remedy: str = "") -> None:
        place = self.columns.index(column) + 1 if column in self.columns else len(self.columns) + 1
        self.problems.append(Problem(self._file, line, place, column, message, remedy))


def _heading(written: str) -> str:
    """Our own headings in lower case, those of fields as they are."""
    return written.casefold() if written.casefold() in _OWN else written


def _several(cell: str, reader: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(reader(each) for each in _BETWEEN.split(cell) if each)
