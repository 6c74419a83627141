"""Knows the addresses of the shell itself: the first page, the desk, the account, the switches."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from tibandu.web import demo_views, signin_views, views

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
]
