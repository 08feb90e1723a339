"""By when could we have this: asked of the plan in force in four ways, reserved for two days, said as a sentence."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Style
from planning_site.core import audit, clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.models import User
from scheduling import services
from scheduling.answers.promise import Answer, Question, answer
from scheduling.models import DateReservation, Plan, PlanRun, StyleRate, Team
from scheduling.selectors.floor import floor_of
from scheduling.services.reservations import release_date, reserve_date, standing_reservations
from tests import factories as people
from tests.scheduling import factories
from tests.scheduling.plan_factories import Floor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TOMORROW = dt.date(2026, 12, 9)


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(factories.NOON, tick=False):
        yield


@pytest.fixture
def floor() -> Floor:
    made = factories.floor(lines=10, pairs=2400)
    Team.objects.filter(pk__in=[team.pk for team in made.teams["lasting"][1:]]).update(people=None)
    return made


@pytest.fixture
def plan(floor: Floor) -> Plan:
    run = services.request_plan_run(plant=floor.plant, horizon="month", by=None, seconds=0)
    services.execute_plan_run(plan_run_id=run.pk)
    made = PlanRun.objects.get(pk=run.pk).plan
    assert made
    Plan.objects.filter(pk=made.pk).update(state="published", published_at=clock.now())
    return Plan.objects.select_related("plant").get(pk=made.pk)


def style() -> Style:
    found = Style.objects.order_by("code").first()
    assert found
    return found


def ask(plan: Plan, pairs: int = 1200, wanted: dt.date | None = None, starts: dt.date = TOMORROW) -> Answer:
    reservations = list(standing_reservations(plan.plant, clock.now()))
    return answer(Question(style(), pairs, starts, wanted), plan, floor_of(plan.plant), reservations)


def seller() -> User:
    return people.user(Department.SALES, language="en")


def reserve(plan: Plan, by: User, pairs: int = 1200) -> DateReservation:
    found = ask(plan, pairs)
    assert found.plain.finish_on
    question = found.question
    return reserve_date(plan=plan, question=question, way="as_is", for_whom="Kinderfuss", promised_on=found.plain.finish_on, by=by)


# the answer


def test_the_answer_is_a_working_day_after_the_start_and_says_what_limits_it(plan: Plan) -> None:
    found = ask(plan)
    assert found.plain.finish_on
    assert found.plain.finish_on > TOMORROW
    assert found.limit
    assert (found.plain.hours, found.plain.outside, found.plain.moved) == (0, (), ())
    assert [one.way.value for one in found.others] == ["overtime", "outsourcing", "moving"]
    assert all(one.finish_on and one.finish_on <= found.plain.finish_on for one in found.others)


def test_more_pairs_and_a_later_start_are_never_earlier(plan: Plan) -> None:
    small, large = ask(plan, 240).plain.finish_on, ask(plan, 4800).plain.finish_on
    late = ask(plan, 240, starts=dt.date(2026, 12, 28)).plain.finish_on
    assert small
    assert large
    assert late
    assert small < large
    assert late > max(small, dt.date(2026, 12, 28))


def test_a_wanted_day_is_judged_in_calendar_days(plan: Plan) -> None:
    day = ask(plan).plain.finish_on
    assert day
    assert ask(plan, wanted=day).plain.late == 0
    assert ask(plan, wanted=day - dt.timedelta(days=3)).plain.late == 3


def test_asking_changes_nothing(plan: Plan) -> None:
    before = list(plan.entries.values_list("pk", "day", "pairs"))
    assert ask(plan) == ask(plan)
    assert list(plan.entries.values_list("pk", "day", "pairs")) == before


def test_unknown_minutes_are_said_and_taken_from_the_family(plan: Plan) -> None:
    assert not ask(plan).is_estimated
    StyleRate.objects.filter(style=style(), stage__code="packing").delete()
    assert ask(plan).is_estimated


def test_a_family_that_nobody_has_made_is_refused_by_name(plan: Plan) -> None:
    new = people.style(code="ZZ1", family="sandals of glass")
    with pytest.raises(DomainError, match="sandals of glass"):
        answer(Question(new, 100, TOMORROW), plan, floor_of(plan.plant), [])


# reservations


def test_what_is_reserved_is_taken_for_the_next_who_asks(plan: Plan) -> None:
    before = ask(plan, 2400).plain.finish_on
    row = reserve(plan, seller(), pairs=2400)
    after = ask(plan, 2400).plain.finish_on
    assert before == row.promised_on
    assert after
    assert after > before
    assert row.expires_at - row.reserved_at == dt.timedelta(hours=48)
    assert [change.action for change in audit.history_of(row)] == ["reserve"]


def test_a_reservation_ends_by_itself_or_when_it_is_let_go(plan: Plan) -> None:
    by = seller()
    row = reserve(plan, by)
    assert list(standing_reservations(plan.plant, row.expires_at - dt.timedelta(seconds=1))) == [row]
    assert not standing_reservations(plan.plant, row.expires_at)
    release_date(reservation_id=row.pk, by=by)
    assert not standing_reservations(plan.plant, clock.now())
    with pytest.raises(DomainError, match="ended already"):
        release_date(reservation_id=row.pk, by=by)


def test_two_who_were_shown_the_same_day_do_not_both_get_it(plan: Plan) -> None:
    by, shown = seller(), ask(plan, 2400)
    assert shown.plain.finish_on
    wish = {"plan": plan, "question": shown.question, "way": "as_is", "promised_on": shown.plain.finish_on, "by": by}
    reserve_date(for_whom="first", **wish)
    with pytest.raises(DomainError, match="has gone meanwhile"):
        reserve_date(for_whom="second", **wish)
    assert DateReservation.objects.count() == 1


def test_a_reservation_that_the_plan_has_no_room_for_any_more_is_named(plan: Plan) -> None:
    row = reserve(plan, seller())
    DateReservation.objects.filter(pk=row.pk).update(promised_on=row.promised_on - dt.timedelta(days=5))
    assert [one.pk for one in ask(plan).broken] == [row.pk]


def test_a_reservation_needs_a_name(plan: Plan) -> None:
    found = ask(plan)
    assert found.plain.finish_on
    with pytest.raises(DomainError, match="for whom"):
        reserve_date(plan=plan, question=found.question, way="as_is", for_whom=" ", promised_on=found.plain.finish_on, by=seller())


# the page


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_answers_and_htmx_gets_the_answer_alone(plan: Plan) -> None:
    client, query = browser(seller()), {"style": style().code.lower(), "pairs": "1200", "wanted": "12/30"}
    address = reverse("scheduling:promise")
    client.get(address, query)  # warm
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address, query).content.decode()
    assert len(queries) <= 15, [query["sql"][:90] for query in queries]
    assert len(page.encode()) < 100_000
    assert "ready for shipment on" in page
    part = client.get(address, query, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="answer"')
    assert "<html" not in part


@pytest.mark.parametrize(
    ("field", "value", "said"), [("style", "nope", "no style"), ("pairs", "0", "greater"), ("wanted", "someday", "not a day")]
)
def test_what_cannot_be_understood_is_said_beside_the_form(plan: Plan, field: str, value: str, said: str) -> None:
    page = browser(seller()).get(reverse("scheduling:promise"), {"style": style().code, "pairs": "100", field: value}).content.decode()
    assert said in page
    assert 'role="alert"' in page


def test_without_a_published_plan_there_is_no_date(floor: Floor) -> None:
    page = browser(seller()).get(reverse("scheduling:promise"), {"style": style().code, "pairs": "100"}).content.decode()
    assert "No month plan is published yet" in page


def test_sales_reserves_and_lets_go_and_buyers_may_not(plan: Plan) -> None:
    client, found = browser(seller()), ask(plan)
    form = {"style": style().code, "pairs": "1200", "way": "as_is", "for_whom": "Kinderfuss", "promised": str(found.plain.finish_on)}
    assert browser(people.user(Department.PURCHASING)).post(reverse("scheduling:promise_reserve"), form).status_code == 403
    assert client.post(reverse("scheduling:promise_reserve"), form | {"promised": "x"}).status_code == 400
    page = client.post(reverse("scheduling:promise_reserve"), form, follow=True).content.decode()
    row = DateReservation.objects.get()
    assert "is reserved for Kinderfuss" in page
    client.post(reverse("scheduling:promise_release", args=[row.pk]))
    row.refresh_from_db()
    assert row.released_at == clock.now()
