"""Knows the addresses of the shell itself: the first page, the desk, the account, the switches."""

from datetime import date

from django.urls import URLPattern, path, register_converter
from django.views.generic import RedirectView

from tibandu.web import demo_views, seal_views, signin_views, views


class DayConverter:
    """A day as 2026-03-02; another text is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"
    to_python = staticmethod(date.fromisoformat)
    to_url = staticmethod(date.isoformat)


register_converter(DayConverter, "day")
app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", signin_views.home, name="home"),
    path("personas/", signin_views.personas, name="personas"),
    path("troubles/", demo_views.troubles, name="troubles"),
    path("demo/personas.json", demo_views.personas, name="demo_personas"),
    path("account/", RedirectView.as_view(pattern_name="people:me"), name="account"),
    path("hat/", signin_views.hat, name="hat"),
    path("large-type/", signin_views.large_type, name="large_type"),
    path("desk/", views.desk, name="desk"),
    path("search/", views.search, name="search"),
    path("beside/<int:pk>/", views.beside, name="beside"),
    path("seals/<day:day>.pdf", seal_views.seal, name="seal"),
]
