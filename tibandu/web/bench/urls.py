"""Knows the addresses of a server under measure: the product's, and each page's limits."""

from django.urls import include, path

from tibandu.web.bench import limits

urlpatterns = [
    path("bench/<slug:kind>/<slug:page>/<int:number>/<int:key>/", limits.page),
    path("bench/imitated/", limits.imitated),
    path("bench/step/<int:pk>/", limits.step),
    path("", include("tibandu.web.urls")),
]
handler400 = "tibandu.web.views.unreadable"
