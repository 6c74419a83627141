"""Knows where each room's pages begin."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from tibandu.web.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tibandu.web.pages")),
    path("accounts/", include("tibandu.web.accounts")),
    path("language/", set_language, name="set_language"),
    path("people/", include("tibandu.people.urls")),
    path("rules/", include("tibandu.regulations.urls")),
    path("suggestions/", include("tibandu.suggestions.urls")),
    path("oversight/", include("tibandu.oversight.urls")),
    path("insight/", include("tibandu.insight.urls")),
    path("api/v1/", api.urls),
]
handler400 = "tibandu.web.views.unreadable"
