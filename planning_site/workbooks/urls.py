from django.urls import path

from planning_site.workbooks import views

app_name = "workbooks"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/cells/", views.correct, name="correct"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/wrong.xlsx", views.wrong_rows, name="wrong_rows"),
]
