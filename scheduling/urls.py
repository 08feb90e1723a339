"""Pages of planning."""

from django.urls import path

from scheduling.views import instructions, load, making, orders, plans, postpone, publishing, runs, teams, trials, weights, whatif, why

app_name = "scheduling"

urlpatterns = [
    path("month/", plans.month, name="month"),
    path("week/", plans.week, name="week"),
    path("day/", plans.day, name="day"),
    path("load/", load.load, name="load"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/excel/", publishing.plan_export, name="plan_export"),
    path("plans/<int:pk>/publish/", publishing.plan_publish, name="plan_publish"),
    path("plans/<int:pk>/jobs/<int:line>/", why.plan_job, name="plan_job"),
    path("plans/<int:pk>/jobs/<int:line>/levers/", why.plan_job_levers, name="plan_job_levers"),
    path("plans/<int:pk>/jobs/<int:line>/try/", why.plan_job_try, name="plan_job_try"),
    path("plans/<int:pk>/made/", making.plan_made, name="plan_made"),
    path("plans/<int:pk>/improve/", making.plan_improve, name="plan_improve"),
    path("plans/<int:pk>/again/", making.plan_again, name="plan_again"),
    path("postpone/", postpone.postpone, name="postpone"),
    path("postpone/ask/", postpone.postpone_ask, name="postpone_ask"),
    path("postpone/<int:pk>/answer/", postpone.postpone_answer, name="postpone_answer"),
    path("postpone/<int:pk>/close/", postpone.postpone_close, name="postpone_close"),
    path("what-if/", whatif.what_ifs, name="what_ifs"),
    path("what-if/<int:pk>/", whatif.what_if, name="what_if"),
    path("weights/", weights.weights, name="weights"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/request/", runs.plan_request, name="plan_request"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("orders/<int:pk>/", orders.order_plan, name="order_plan"),
    path("instructions/", instructions.instruction_list, name="instructions"),
    path("instructions/make/", instructions.instructions_make, name="instructions_make"),
    path("instructions/issue/", instructions.instructions_issue, name="instructions_issue"),
    path("instructions/acknowledge/", instructions.instructions_acknowledge, name="instructions_acknowledge"),
    path("instructions/<int:pk>/", instructions.instruction, name="instruction"),
    path("instructions/<int:pk>/edit/", instructions.instruction_edit, name="instruction_edit"),
    path("instructions/<int:pk>/excel/", instructions.instruction_export, name="instruction_export"),
    path("trials/<int:pk>/rates/", trials.trial_rates, name="trial_rates"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/<int:pk>/", teams.team_edit, name="team_edit"),
]
