"""Pages of planning."""

from django.urls import path

from scheduling.views import load, making, orders, plans, publishing, runs, teams, weights

app_name = "scheduling"

urlpatterns = [
    path("month/", plans.month, name="month"),
    path("week/", plans.week, name="week"),
    path("day/", plans.day, name="day"),
    path("load/", load.load, name="load"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/excel/", publishing.plan_export, name="plan_export"),
    path("plans/<int:pk>/publish/", publishing.plan_publish, name="plan_publish"),
    path("plans/<int:pk>/made/", making.plan_made, name="plan_made"),
    path("plans/<int:pk>/improve/", making.plan_improve, name="plan_improve"),
    path("plans/<int:pk>/again/", making.plan_again, name="plan_again"),
    path("weights/", weights.weights, name="weights"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/request/", runs.plan_request, name="plan_request"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("orders/<int:pk>/", orders.order_plan, name="order_plan"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/<int:pk>/", teams.team_edit, name="team_edit"),
]
