"""Header words, subtotals and signatures."""

import pytest

from planning_site.workbooks import words


@pytest.mark.parametrize("written", ["货 号", "货号：", "*货号", "货号", " 货　号 "])
def test_writings_of_a_header_are_one_word(written: str) -> None:
    assert words.normalise(written) == "货号"


def test_accents_case_and_units_do_not_matter() -> None:
    assert words.normalise("Referência") == words.normalise("REFERENCIA")
    assert "效率" in words.variants("效率%")
    assert "单耗" in words.variants("单耗（每双）")


@pytest.mark.parametrize("text", ["小计", "合计:", "总 计", "华荣贸易 小计", "Subtotal", "TOTAL", "Grand Total", "本页合计"])
def test_subtotals_are_told(text: str) -> None:
    assert words.is_subtotal(text)


@pytest.mark.parametrize("text", ["Total Shoes Ltd", "合计公司", "HT261104-284", "小计量", "黑"])
def test_names_are_no_subtotals(text: str) -> None:
    assert not words.is_subtotal(text)


@pytest.mark.parametrize("text", ["制表人:", "审核:", "核准：王", "Approved by: J. Doe"])
def test_signatures_are_told(text: str) -> None:
    assert words.is_signature(text)
