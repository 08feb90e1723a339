"""The load chart: shape before colour, a sentence for those who do not see it, and no number that the table does not have."""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from scheduling.charts import FULL, LoadRow, load_chart, load_sentence
from scheduling.selectors.load import Load, Week

SVG = "{*}"


@pytest.fixture(autouse=True)
def english_noon() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 12, 8, 4, tzinfo=dt.UTC), tick=False), translation.override("en"):
        yield


def load(share: float | None, *, week: int = 0, rated: int = 2) -> Load:
    monday = dt.date(2026, 12, 7) + dt.timedelta(days=7 * week)
    capacity = 1000.0 if share is not None else (0.0 if rated else None)
    return Load(Week(monday, 6, None), (share or 0) * 1000, capacity, capacity, 10, rated, 2)


def row(*loads: Load, name: str = "Lasting") -> LoadRow:
    return LoadRow(name, loads, lambda load: f"/jobs?a=1&week={load.week.monday}")


def parsed(*rows: LoadRow) -> ET.Element:
    return ET.fromstring(load_chart(rows))


def heights(chart: ET.Element, kind: str) -> list[float]:
    return [float(rect.attrib["height"]) for rect in chart.iter("rect") if kind in rect.attrib.get("class", "").split()]


def test_overload_is_drawn_above_the_line_as_a_shape_of_its_own() -> None:
    chart = parsed(row(load(1.25), load(0.9, week=1)))
    assert heights(chart, "over") == [pytest.approx(FULL * 0.25, abs=0.1)]
    assert heights(chart, "bar") == [FULL, pytest.approx(FULL * 0.9, abs=0.1)]


def test_rounding_is_no_overload() -> None:
    assert heights(parsed(row(load(1.004))), "over") == []


def test_idle_capacity_is_marked_by_its_outline() -> None:
    assert len(heights(parsed(row(load(0.5), load(0.7, week=1))), "idle")) == 1


def test_what_is_not_rated_or_closed_says_so_and_has_no_bar() -> None:
    chart = parsed(row(load(None, rated=0), load(None, week=1)))
    words = [text.text for text in chart.iter("text")]
    assert "– not rated" in words
    assert "– closed" in words
    assert heights(chart, "bar") == []


def test_every_bar_leads_to_its_jobs_and_says_its_number() -> None:
    link = next(parsed(row(load(0.9))).iter("a"))
    assert link.attrib["href"] == "/jobs?a=1&week=2026-12-07"
    assert "90" in [text.text for text in link.iter("text")]
    assert next(link.iter("title")).text == "Lasting, W50: 90%"


def test_names_are_escaped() -> None:
    assert "<script>" not in load_chart([row(load(0.5), name="<script>")])


def test_the_sentence_names_the_overloaded_first() -> None:
    rows = [row(load(0.99)), row(load(1.1), load(1.2, week=1), name="Packing")]
    assert load_sentence(rows) == "Above 100%: Packing W51 120%, Packing W50 110%"
    assert load_sentence(rows[:1]) == "Nothing is above 100%. Fullest: Lasting W50 99%"
    assert load_sentence([row(load(None, rated=0))]) == "No capacity is known."
    assert load_sentence([]) == "No capacity is known."
