"""Pages of new styles, trials and QC's report: what they show, who acts there, how many queries they take."""

import datetime as dt
import io
import re

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Order
from planning_site.core.departments import Department
from quality import services
from quality.models import Delay, ItemVersion, PlanItem, PreparationPlan, Step, StyleRelease, Trial, TrialProblem
from tests import factories
from tests.quality import support
from tests.quality.support import NOON, item, planned

pytestmark = pytest.mark.django_db
STYLES = "/quality/styles/"
QUERIES = 15


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False) as hand:
        yield hand


def signed_in(*departments: Department, language: str = "en", name: str = "") -> Client:
    client = Client()
    client.force_login(factories.user(*departments, language=language, name=name))
    return client


@pytest.fixture
def wang() -> Client:
    return signed_in(Department.PLANNING, name="wang")


@pytest.fixture
def chen() -> Client:
    return signed_in(Department.TECHNICAL, name="chen")


@pytest.fixture
def zheng() -> Client:
    return signed_in(Department.QC, name="zheng")


def text(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def listed(client: Client, **query: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', text(client, STYLES, **query))


def page_of(plan: PreparationPlan) -> str:
    return reverse("quality:style", args=[plan.style_id])


class TestBoard:
    def test_new_styles_with_open_orders_are_listed_first_due_first(self, zheng: Client) -> None:
        planned("HD2644", due_on=dt.date(2027, 1, 15))
        soon = planned("HD2601", due_on=dt.date(2027, 1, 8))
        factories.order(factories.line(soon.style, sizes={"39": 80}, due_on=dt.date(2027, 2, 1)))
        factories.order(factories.line(factories.style("OLD")))
        factories.style("NOT-ORDERED", is_new=True)
        done = factories.order(factories.line(factories.style("DONE", is_new=True)))
        Order.objects.filter(pk=done.pk).update(state=Order.State.CLOSED)
        assert listed(zheng) == ["HD2601", "HD2644"]
        assert "2 orders · 680 pairs" in text(zheng, STYLES, q="HD2601")

    def test_a_cell_shows_plan_delay_and_proof_with_shape_and_word(self, zheng: Client) -> None:
        plan = planned("HD1")
        chen = factories.user(Department.TECHNICAL)
        services.deliver(item=item(plan, "pattern_change"), note="", files=[support.pdf()], by=chen)
        day = item(plan, "dies").planned_on + dt.timedelta(days=7)
        services.report_delay(item=item(plan, "dies"), cause="machine", reason="x", new_day=day, by=chen)
        html = text(zheng, STYLES)
        row = html[html.index('scope="row"') :]
        assert 'st plain done">23 Nov' in row
        assert 'st plain late">6 days late' in row
        assert re.search(r'st plain risk">\d+ \w+</span><small>→ \d+', row)
        assert "6 d too late" in row

    @pytest.mark.parametrize(
        ("view", "codes"),
        [
            ("late", ["LATE"]),
            ("to_sign", ["LATE", "MINE"]),
            ("with_qc", ["QC"]),
            ("unplanned", ["NONE"]),
            ("released", ["DONE"]),
            ("mine", ["MINE"]),
            ("unheard of", ["DONE", "LATE", "MINE", "NONE", "QC"]),
        ],
    )
    def test_views_narrow_the_board(self, view: str, codes: list[str]) -> None:
        mine, agreed = planned("MINE"), planned("QC")
        client = signed_in(Department.TECHNICAL, name="me")
        mine.items.filter(step__code="dies").update(owner_id=client.session["_auth_user_id"])
        support.tried(agreed)
        PreparationPlan.objects.filter(pk=agreed.pk).update(state="agreed")
        support.released("DONE")
        late = planned("LATE")
        late.items.filter(step__code="colour_card").update(planned_on=dt.date(2026, 11, 20))
        support.new_style("NONE")
        assert sorted(listed(client, view=view)) == codes

    def test_words_find_styles_and_nothing_says_so(self, zheng: Client) -> None:
        planned("HD1")
        planned("HD2")
        assert listed(zheng, q="hd2") == ["HD2"]
        assert "No style fits" in text(zheng, STYLES, q="zzz")

    def test_without_new_styles_the_page_says_why_it_is_empty(self, zheng: Client) -> None:
        assert "No open order asks for a new style" in text(zheng, STYLES)

    def test_the_pages_take_few_queries_however_many_styles(
        self, wang: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for n in range(12):
            plan = planned(f"HD{n}")
            if n % 3 == 0:
                support.tried(plan)
        for url in (
            STYLES,
            reverse("quality:mine"),
            reverse("quality:trials"),
            page_of(plan),
            reverse("quality:standards"),
            reverse("quality:plan_edit", args=[plan.style_id]),
        ):
            wang.get(url)
            with django_assert_max_num_queries(QUERIES):
                assert wang.get(url).status_code == 200
        html = wang.get(STYLES).content
        assert len(html) < 100_000

    def test_the_board_is_shown_by_pages(self, zheng: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("quality.views.board.PER_PAGE", 2)
        for n in range(3):
            planned(f"HD{n}")
        assert len(listed(zheng)) == 2
        assert len(listed(zheng, page="2")) == 1

    def test_it_is_chinese_unless_chosen_otherwise(self) -> None:
        planned("HD1")
        html = text(signed_in(Department.TECHNICAL, language=""), STYLES)
        for word in ("新款前期", "刀模", "确认样", "计划日", "导出 Excel"):
            assert word in html

    def test_form_14_has_planned_and_actual_days_owner_version_trial_and_result(self, zheng: Client) -> None:
        plan = planned("HD1")
        trial = support.tried(plan)
        services.add_problem(
            trial=trial,
            kind="dies",
            place="后跟",
            text="紧",
            owner=factories.user(Department.TECHNICAL, name="zhou"),
            due_on=support.TODAY,
            by=factories.user(Department.QC),
        )
        services.sign_release(style=plan.style, result="pass_with_actions", note="垫 1 mm", by=factories.user(Department.QC, name="zh"))
        planned("HD2")
        response = zheng.get(reverse("quality:export"))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        head = next(row for row in rows if "Style" in row)
        by_style = {row[0]: dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]}
        first, second = by_style["HD1"], by_style["HD2"]
        assert first["Cutting dies version"] == "v1"
        assert first["Cutting dies actual day"].date() == support.TODAY
        assert first["Cutting dies planned day"].date() == item(plan, "dies").planned_on
        assert (first["Trial no."], first["Trial sizes and pairs"], first["Trial pairs"]) == (1, "38×12 41×12", 24)
        assert first["Stitching minutes a pair"] == 5
        assert first["Problems"] == "dies · 后跟: 紧 (zhou, 2026-11-23, open)"
        assert (first["QC's result"], first["Signed by"]) == ("pass with actions", "zh")
        assert second["Cutting dies actual day"] is None
        assert second["QC's result"] is None
        assert response["Content-Disposition"].startswith("attachment")


class TestPlan:
    def test_planning_makes_the_plan_on_the_board_and_technical_signs_it_on_the_page(self, wang: Client, chen: Client) -> None:
        """C1"""
        style = support.new_style("HD1")
        make = reverse("quality:plan_make", args=[style.pk])
        assert make in text(wang, STYLES)
        assert make not in text(chen, STYLES)
        page = wang.post(make, follow=True).content.decode()
        assert "Planned. Technical has it to sign." in page
        assert "Release expected" in page
        review = reverse("quality:plan_review", args=[style.pk])
        assert review in text(chen, reverse("quality:style", args=[style.pk]))
        assert review not in text(wang, reverse("quality:style", args=[style.pk]))
        chen.post(review, {"version": 1, "note": ""})
        assert style.preparation.state == "proposed"
        chen.post(review, {"version": 1, "agreed": "on", "note": ""})
        style.preparation.refresh_from_db()
        assert style.preparation.state == "agreed"

    def test_days_are_changed_with_a_reason_and_come_back_filled_without_one(self, wang: Client) -> None:
        plan = planned("HD1")
        url = reverse("quality:plan_edit", args=[plan.style_id])
        form = wang.get(url).context["form"]
        dies = item(plan, "dies")
        data = {
            name: field.initial if field.initial is not None else "" for name, field in form.fields.items() if field.initial is not False
        }
        data |= {f"day_{dies.pk}": "2026-12-08", "why": ""}
        back = wang.post(url, data)
        assert back.context["form"].errors == {"why": ["Give the reason: whoever reads the history needs it."]}
        assert 'value="2026-12-08"' in back.content.decode()
        wang.post(url, data | {"why": "刀模厂"})
        assert item(plan, "dies").planned_on == dt.date(2026, 12, 8)
        assert "Cutting dies" in text(wang, page_of(plan))

    def test_usual_durations_are_changed_by_planning_and_technical_only(self, chen: Client, zheng: Client) -> None:
        url = reverse("quality:standards")
        form = chen.get(url).context["form"]
        data = {
            name: field.initial if field.initial is not None else "" for name, field in form.fields.items() if field.initial is not False
        }
        dies = Step.objects.get(code="dies")
        data |= {f"days_{dies.pk}": 9, "why": "旺季"}
        assert zheng.post(url, data).status_code == 403
        assert "Keep the durations" not in text(zheng, url)
        assert "旺季" in chen.post(url, data, follow=True).content.decode()
        dies.refresh_from_db()
        assert dies.days == 9


class TestItems:
    def test_a_version_with_a_file_is_delivered_shown_signed_and_downloaded(self, chen: Client) -> None:
        """C2"""
        plan = planned("HD1")
        url = reverse("quality:item_deliver", args=[item(plan, "templates").pk])
        file = io.BytesIO(support.PDF)
        file.name = "样板 v1.pdf"
        page = chen.post(url, {"note": "全码", "attached": [file]}, follow=True).content.decode()
        assert "样板 v1.pdf" in page
        version = ItemVersion.objects.get()
        assert reverse("quality:file", args=[version.files.get().pk]) in page
        review = reverse("quality:version_review", args=[version.pk])
        assert 'name="signed"' not in page
        other = signed_in(Department.TECHNICAL)
        assert 'name="signed"' in text(other, page_of(plan))
        other.post(review, {"signed": "on"})
        version.refresh_from_db()
        assert version.state == "signed"

    def test_a_file_that_is_not_taken_is_said_at_the_field(self, chen: Client) -> None:
        plan = planned("HD1")
        file = io.BytesIO(b"<script>")
        file.name = "a.pdf"
        back = chen.post(reverse("quality:item_deliver", args=[item(plan, "dies").pk]), {"note": "x", "attached": [file]})
        assert "attached" in back.context["form"].errors
        assert not ItemVersion.objects.exists()

    def test_my_items_stand_late_first_and_lead_to_their_forms(self) -> None:
        plan = planned("HD1")
        me = signed_in(Department.SALES, name="he")
        PlanItem.objects.filter(step__code__in=["dies", "colour_card"]).update(owner_id=me.session["_auth_user_id"])
        PlanItem.objects.filter(step__code="colour_card").update(planned_on=dt.date(2026, 11, 20))
        html = text(me, reverse("quality:mine"))
        assert re.findall(r'deliver/">([^<]+)</a></th>', html) == ["Colour card", "Cutting dies"]
        assert "2 days late" in html
        delay = reverse("quality:item_delay", args=[item(plan, "dies").pk])
        assert delay in html
        done = me.post(delay, {"cause": "customer_change", "reason": "客户改楦", "new_day": "2026-12-12"}, follow=True)
        assert "Reported. Sales and planning were told." in done.content.decode()
        assert Delay.objects.get().reason == "客户改楦"

    def test_who_does_not_own_an_item_is_told_who_delivers_it(self) -> None:
        plan = planned("HD1")
        stranger = signed_in(Department.SALES)
        for name in ("item_deliver", "item_delay"):
            html = text(stranger, reverse(f"quality:{name}", args=[item(plan, "dies").pk]))
            assert "delivered by its owner" in html or "reports a delay" in html
            assert "csrfmiddlewaretoken" not in html[html.index('class="head"') : html.index("</main>")]
        stranger.post(reverse("quality:item_deliver", args=[item(plan, "dies").pk]), {"note": "x"})
        assert not ItemVersion.objects.exists()

    def test_the_closed_day_of_a_delay_is_said_at_its_field(self, chen: Client) -> None:
        plan = planned("HD1")
        url = reverse("quality:item_delay", args=[item(plan, "dies").pk])
        back = chen.post(url, {"cause": "other", "reason": "x", "new_day": "2026-12-13"})
        assert back.context["form"].errors == {"new_day": ["Nobody works on Sun 13 Dec."]}


class TestTrial:
    """C4, C5"""

    def test_from_planning_over_the_workshop_to_qcs_signature(self, wang: Client, zheng: Client) -> None:
        plan = planned("HD1")
        support.deliver_all(plan)
        make = reverse("quality:trial_make", args=[plan.style_id])
        fields = wang.get(make).context["form"].fields
        assert [name for name, field in fields.items() if name.startswith("size_") and field.initial] == [
            f"size_{size}" for size in ("38", "40", "42", "44", "45")
        ]
        data = {name: field.initial if field.initial is not None else "" for name, field in fields.items()}
        wang.post(make, data | {"sheet_cutting": "4.2"})
        trial = Trial.objects.get()
        assert trial.pairs == 60
        ma = signed_in(Department.WORKSHOP, name="ma")
        sheet = reverse("quality:trial", args=[trial.pk])
        for n, stage in enumerate(trial.stages.order_by("step__position")):
            html = text(ma, sheet)
            assert reverse("quality:trial_stage", args=[stage.pk]) in html
            back = ma.post(reverse("quality:trial_stage", args=[stage.pk]), {"pairs": 99, "people": 2, "clock_minutes": "126"})
            assert "The trial is of 60 pairs." in back.content.decode()
            ma.post(reverse("quality:trial_stage", args=[stage.pk]), {"pairs": 60, "people": 2, "clock_minutes": 126 + n})
        html = text(ma, sheet)
        assert "<b>4.20</b>" in html
        assert "Hand to QC" in html
        ma.post(reverse("quality:trial_hand_over", args=[trial.pk]))
        sign = reverse("quality:sign", args=[plan.style_id])
        assert sign in text(zheng, sheet)
        assert sign not in text(ma, sheet)
        page = zheng.post(sign, {"result": "pass"}, follow=True).content.decode()
        assert "HD1: pass." in page
        assert "Released for mass production on Mon 23 Nov by zheng." in page

    def test_problems_are_written_down_with_a_photo_and_closed(self, zheng: Client, chen: Client) -> None:
        plan = planned("HD1")
        trial = support.tried(plan)
        owner = factories.user(Department.TECHNICAL)
        photo = io.BytesIO(support.png())
        photo.name = "p.png"
        data = {"kind": "templates", "place": "扣位", "text": "高 3 mm", "owner": owner.pk, "due_on": "2026-11-25", "photo": photo}
        page = zheng.post(reverse("quality:trial_problem", args=[trial.pk]), data, follow=True).content.decode()
        problem = TrialProblem.objects.get()
        assert problem.photo is not None
        assert f'<img src="{reverse("quality:file", args=[problem.photo.pk])}"' in page
        sign = text(zheng, reverse("quality:sign", args=[plan.style_id]))
        assert "1 problem is open" in sign
        refused = zheng.post(reverse("quality:sign", args=[plan.style_id]), {"result": "pass"})
        assert "1 problems are open" in refused.content.decode()
        chen.post(reverse("quality:problem_close", args=[problem.pk]), {"remedy": "样板 v3"})
        problem.refresh_from_db()
        assert problem.remedy == "样板 v3"

    def test_a_problem_without_its_owner_comes_back_filled(self, zheng: Client) -> None:
        trial = support.tried(planned("HD1"))
        back = zheng.post(reverse("quality:trial_problem", args=[trial.pk]), {"kind": "dies", "place": "后跟", "text": "松"})
        assert back.context["problem_form"].errors.keys() == {"owner", "due_on"}
        assert 'value="后跟"' in back.content.decode()

    def test_the_sheet_names_what_the_trial_waits_for(self) -> None:
        plan = planned("HD1")
        trial = support.trial_of(plan)
        html = text(signed_in(Department.WORKSHOP), reverse("quality:trial", args=[trial.pk]))
        assert "The trial waits for:" in html
        assert "<b>Cutting dies</b>" in html

    def test_the_panel_answers_htmx_with_its_part_only_and_with_a_redirect_when_signed(self, zheng: Client) -> None:
        plan = planned("HD2601")
        support.tried(plan)
        address = reverse("quality:sign", args=[plan.style_id])
        panel = zheng.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in panel
        assert "Sign HD2601" in panel
        signed = zheng.post(address, {"result": "pass"}, headers={"HX-Request": "true"})
        assert signed["HX-Redirect"] == page_of(plan)

    def test_a_redo_without_a_note_comes_back_filled_with_the_error_at_the_note(self, zheng: Client) -> None:
        plan = planned("HD1")
        support.tried(plan)
        response = zheng.post(reverse("quality:sign", args=[plan.style_id]), {"result": "redo"})
        assert response.context["form"].errors == {"note": ["Write down what has to be done."]}
        assert re.search(r'value="redo"[^>]*checked|checked[^>]*value="redo"', response.content.decode())
        assert not StyleRelease.objects.exists()

    def test_only_qc_reaches_the_signature_and_old_styles_have_no_page(self, zheng: Client) -> None:
        style, old = factories.style(is_new=True), factories.style()
        for department in (Department.TECHNICAL, Department.PLANNING, Department.GM):
            client = signed_in(department)
            assert client.get(reverse("quality:sign", args=[style.pk])).status_code == 403
            assert client.post(reverse("quality:sign", args=[style.pk]), {"result": "pass"}).status_code == 403
        assert zheng.get(reverse("quality:sign", args=[old.pk])).status_code == 404
        assert zheng.get(reverse("quality:style", args=[old.pk])).status_code == 404

    def test_the_page_of_a_style_shows_delays_escalations_trials_reports_and_history(self, zheng: Client) -> None:
        plan = planned("HD1")
        services.report_delay(
            item=item(plan, "colour_card"), cause="machine", reason="色卡机坏", new_day=None, by=factories.user(Department.TECHNICAL)
        )
        html = text(zheng, page_of(plan))
        assert "Nobody can name the day of the release." in html
        assert "It waits for Colour card: Technical, no day." in html
        assert "色卡机坏" in html
        assert "machine down" in html
        support.deliver_all(plan)
        trial = support.trial_of(plan)
        support.measure_all(trial)
        services.hand_over(trial=trial, by=factories.user(Department.WORKSHOP))
        services.sign_release(style=plan.style, result="redo", note="后跟松", by=factories.user(Department.QC))
        html = text(zheng, page_of(plan))
        assert "后跟松" in html
        assert reverse("quality:trial", args=[trial.pk]) in html
        assert reverse("quality:history", args=[plan.style_id]) in html
        history = text(zheng, reverse("quality:history", args=[plan.style_id]))
        assert "report signed" in history
        assert "色卡机坏" in history
