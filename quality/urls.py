from django.urls import path

from quality import views

app_name = "quality"

urlpatterns = [
    path("styles/", views.styles, name="styles"),
    path("styles/<int:pk>/sign/", views.sign, name="sign"),
]
