from django.urls import path

from planning_site.outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.mail_list, name="list"),
    path("<int:pk>/", views.mail_detail, name="detail"),
    path("<int:pk>/resend/", views.mail_resend, name="resend"),
    path("<int:pk>/mark-sent/", views.mail_mark_sent, name="mark_sent"),
    path("files/<int:pk>/", views.attachment, name="attachment"),
]
