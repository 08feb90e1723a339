"""QC's signature: who may sign what, and which signature counts."""

import datetime as dt

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import StyleRelease
from quality.selectors import ReleaseState, release_states
from quality.services import sign_release
from tests import factories

pytestmark = pytest.mark.django_db
Result = StyleRelease.Result


@pytest.fixture
def inspector() -> User:
    return factories.user(Department.QC, name="zheng")


@pytest.mark.parametrize(
    ("result", "state", "released"),
    [
        (Result.PASSED, ReleaseState.RELEASED, True),
        (Result.PASSED_WITH_ACTIONS, ReleaseState.WITH_ACTIONS, True),
        (Result.REDO, ReleaseState.REDO, False),
    ],
)
def test_a_signature_decides_whether_mass_production_opens(inspector: User, result: str, state: ReleaseState, released: bool) -> None:
    style = factories.style(is_new=True)
    assert release_states([style.pk]) == {style.pk: ReleaseState.WAITING}
    assert not ReleaseState.WAITING.is_released
    sign_release(style=style, result=result, note="后跟垫 1 mm", by=inspector)
    assert release_states([style.pk]) == {style.pk: state}
    assert state.is_released is released


def test_the_newest_signature_counts_and_the_older_stays(inspector: User) -> None:
    style = factories.style(is_new=True)
    with time_machine.travel(dt.datetime(2026, 12, 8, tzinfo=dt.UTC), tick=False) as hand:
        for result, note in [(Result.PASSED, ""), (Result.REDO, "扣位高"), (Result.PASSED_WITH_ACTIONS, "改样板 v3")]:
            sign_release(style=style, result=result, note=note, by=inspector)
            hand.shift(60)
    assert release_states([style.pk])[style.pk] == ReleaseState.WITH_ACTIONS
    assert style.releases.count() == 3


def test_two_signatures_of_the_same_instant_are_told_apart(inspector: User) -> None:
    style = factories.style(is_new=True)
    with time_machine.travel(dt.datetime(2026, 12, 8, tzinfo=dt.UTC), tick=False):
        sign_release(style=style, result=Result.PASSED, note="", by=inspector)
        sign_release(style=style, result=Result.REDO, note="x", by=inspector)
    assert release_states([style.pk])[style.pk] == ReleaseState.REDO


def test_states_of_many_styles_take_two_queries(inspector: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    old, waiting, released = factories.style(), factories.style(is_new=True), factories.style(is_new=True)
    sign_release(style=released, result=Result.PASSED, note="", by=inspector)
    ids = [old.pk, waiting.pk, released.pk]
    with django_assert_num_queries(2):
        states = release_states([*ids, 0])
    assert states == dict(zip(ids, [ReleaseState.OLD, ReleaseState.WAITING, ReleaseState.RELEASED], strict=True))


@pytest.mark.parametrize("result", [Result.REDO, Result.PASSED_WITH_ACTIONS])
def test_a_result_that_asks_for_work_says_for_which(inspector: User, result: str) -> None:
    style = factories.style(is_new=True)
    with pytest.raises(DomainError) as refused:
        sign_release(style=style, result=result, note="  ", by=inspector)
    assert refused.value.code == "note"
    assert not style.releases.exists()


@pytest.mark.parametrize("department", [department for department in Department if department != Department.QC])
def test_nobody_but_qc_signs(department: Department) -> None:
    style = factories.style(is_new=True)
    with pytest.raises(DomainError) as refused:
        sign_release(style=style, result=Result.PASSED, note="", by=factories.user(department))
    assert refused.value.code == "not_qc"


def test_an_old_style_needs_no_signature(inspector: User) -> None:
    with pytest.raises(DomainError) as refused:
        sign_release(style=factories.style(), result=Result.PASSED, note="", by=inspector)
    assert refused.value.code == "not_new"


def test_a_double_click_signs_once(inspector: User) -> None:
    style = factories.style(is_new=True)
    sign_release(style=style, result=Result.PASSED, note="", by=inspector)
    with pytest.raises(DomainError, match="zheng"):
        sign_release(style=style, result=Result.PASSED, note="", by=factories.user(Department.QC))
    assert style.releases.count() == 1


def test_a_signature_leaves_who_what_and_why(inspector: User) -> None:
    style = factories.style(is_new=True)
    sign_release(style=style, result=Result.PASSED, note="", by=inspector)
    sign_release(style=style, result=Result.REDO, note="扣位高 3 mm", by=inspector)
    change = audit.history_of(style)[0]
    assert (change.by, change.why) == (inspector, "扣位高 3 mm")
    assert change.values == {"release": ["pass", "redo"]}
