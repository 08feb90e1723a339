from django.urls import path

from quality.views import board, inspections, plans, tooling, trials

app_name = "quality"

urlpatterns = [
    path("styles/", board.styles, name="styles"),
    path("styles/export/", board.export, name="export"),
    path("styles/<int:pk>/", plans.style, name="style"),
    path("styles/<int:pk>/history/", plans.history, name="history"),
    path("styles/<int:pk>/plan/", plans.plan_make, name="plan_make"),
    path("styles/<int:pk>/plan/edit/", plans.plan_edit, name="plan_edit"),
    path("styles/<int:pk>/plan/review/", plans.plan_review, name="plan_review"),
    path("styles/<int:pk>/trial/", trials.trial_make, name="trial_make"),
    path("styles/<int:pk>/sign/", trials.sign, name="sign"),
    path("items/", board.mine, name="mine"),
    path("items/<int:pk>/deliver/", plans.item_deliver, name="item_deliver"),
    path("items/<int:pk>/delay/", plans.item_delay, name="item_delay"),
    path("versions/<int:pk>/review/", plans.version_review, name="version_review"),
    path("files/<int:pk>/", plans.file, name="file"),
    path("durations/", board.standards, name="standards"),
    path("trials/", trials.trial_list, name="trials"),
    path("trials/<int:pk>/", trials.trial, name="trial"),
    path("trials/<int:pk>/problem/", trials.trial_problem, name="trial_problem"),
    path("trials/<int:pk>/to-qc/", trials.trial_hand_over, name="trial_hand_over"),
    path("trial-stages/<int:pk>/", trials.trial_stage, name="trial_stage"),
    path("problems/<int:pk>/close/", trials.problem_close, name="problem_close"),
    path("inspections/", inspections.inspection_list, name="inspections"),
    path("inspections/new/", inspections.inspection_new, name="inspection_new"),
    path("inspections/lines/", inspections.lines, name="inspection_lines"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/<int:pk>/reverse/", inspections.inspection_reverse, name="inspection_reverse"),
    path("inspections/<int:pk>/release/", inspections.blocked_release, name="blocked_release"),
    path("defects/", inspections.defects, name="defects"),
    path("tools/", tooling.tool_list, name="tools"),
    path("tools/export/", tooling.export, name="tools_export"),
    path("tools/paste/", tooling.paste, name="tools_paste"),
    path("tools/new/", tooling.tool_new, name="tool_new"),
    path("tools/<int:pk>/", tooling.tool, name="tool"),
]
