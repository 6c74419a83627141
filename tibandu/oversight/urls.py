"""Knows the addresses of the oversight room; each step has one, drawn from the step tables."""

from django.urls import URLPattern

from tibandu.base.steps import step_paths
from tibandu.oversight.room import ROOM

app_name = "oversight"
urlpatterns: list[URLPattern] = []
urlpatterns += step_paths(ROOM, "")
