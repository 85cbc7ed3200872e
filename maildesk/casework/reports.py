"""Reports: the figures of a week, from what the database remembers. It only reads."""

from __future__ import annotations

from maildesk.desk.figures.report import DeskWeek, Report, ReportTerms, edges_of, reported
from maildesk.store import report_histories
from maildesk.store.database import Connection


def report_of(conn: Connection, terms: ReportTerms) -> Report:
    """The figures of that week; the same for the same database, policy and moment."""
    edges = edges_of(terms)
    return reported(report_histories.histories_since(conn, edges[0]), terms, _machine(conn, terms))


def _machine(conn: Connection, terms: ReportTerms) -> DeskWeek:
    begin, end = edges_of(terms)[-2:]
    found = report_histories.silences(conn, begin, end)
    since, until = max(found, key=lambda each: each[1] - each[0], default=(None, None))
    return DeskWeek(
        mails=report_histories.mails_by_verdict(conn, begin, end),
        letters=report_histories.letters_by_end(conn, begin, end),
        quarantine=report_histories.in_quarantine(conn, end),
        silence=until - since if since and until else None,
        silent_since=since,
    )
