"""The metrics as Prometheus reads them, by its own parsers; and the rules that the pages propose."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from maildesk.daemon.metrics_text import Metric, written
from tests.daemon.test_metrics import NOW, SIGNS, reader
from tests.daemon.test_metrics import desk as desk
from tests.world.past_desk import PastDesk

FAMILIES = {
    "maildesk": "info",
    "maildesk_start_time_seconds": "gauge",
    "maildesk_healthy": "gauge",
    "maildesk_mailbox_heard_time_seconds": "gauge",
    "maildesk_mails": "counter",
    "maildesk_filing_delay_seconds": "histogram",
    "maildesk_unfiled_mails": "gauge",
    "maildesk_quarantined_mails": "gauge",
    "maildesk_letters": "gauge",
    "maildesk_oldest_letter_due_time_seconds": "gauge",
    "maildesk_letters_sent": "counter",
    "maildesk_cases": "gauge",
    "maildesk_overdue_cases": "gauge",
    "maildesk_promises": "counter",
}


async def of_a_busy_desk(desk: PastDesk) -> list[Metric]:
    """Each family has a sample: mails came, one was missed, and its letters wait."""
    asks = reader(desk, {"personal": 3, "automatic": 4})
    await asks.begin()
    desk.mail("It burns.", at=NOW)
    desk.until(NOW + timedelta(days=5))
    return await asks.read(SIGNS)


@pytest.mark.parametrize("open_metrics", [False, True], ids=["classic", "openmetrics"])
async def test_prometheus_own_parser_reads_every_family_as_what_it_is(
    desk: PastDesk, open_metrics: bool
) -> None:
    metrics = await of_a_busy_desk(desk)
    parse = openmetrics.text_string_to_metric_families if open_metrics else text_string_to_metric_families
    families = list(parse(written(metrics, open_metrics=open_metrics)))
    older = {} if open_metrics else {"maildesk": ("maildesk_info", "gauge")}
    wanted = dict(older.get(name, (name, kind)) for name, kind in FAMILIES.items())
    assert {each.name: each.type for each in families} == wanted
    for each, metric in zip(families, metrics, strict=True):
        assert each.documentation == metric.help
        assert [(s.name, dict(s.labels), s.value) for s in each.samples] == [
            (metric.name + s.ending, dict(s.labels), float(s.value)) for s in metric.samples
        ]
        assert each.samples
        assert each.unit == ("seconds" if open_metrics and each.name.endswith("_seconds") else "")


async def test_the_rules_of_the_pages_name_what_is_there(desk: PastDesk) -> None:
    """Metrics, labels, and the values that a rule asks for; the table of the page is the whole list."""
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    (rules,) = re.findall(r"```yaml\n(groups:\n.*?)```", page, re.DOTALL)
    expressions = [rule["expr"] for group in yaml.safe_load(rules)["groups"] for rule in group["rules"]]
    assert len(expressions) > 3
    samples = [(m.name + s.ending, dict(s.labels)) for m in await of_a_busy_desk(desk) for s in m.samples]
    for name, said in re.findall(r"(maildesk_\w+)(?:\{([^}]*)\})?", " ".join(expressions)):
        asked_for = dict(re.findall(r'(\w+)="([^"]*)"', said))
        assert any(name == of and asked_for.items() <= labels.items() for of, labels in samples), name
    table = re.findall(r"^\| (`maildesk_.*?) \|", page, re.MULTILINE)
    listed = set(re.findall(r"`(maildesk\w*)", " ".join(table)))
    assert listed == {re.sub("_(bucket|sum|count)$", "", name) for name, _ in samples}
