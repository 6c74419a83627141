"""Knows which of the sign-in library's pages exist here: no sign-up, no e-mail, no reset by mail."""

from allauth.account import views
from allauth.mfa import urls as second_factor
from allauth.usersessions import urls as sessions
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    # Where the library sends an account without a password; such accounts enter from outside and set none.
    path("password/set/", RedirectView.as_view(pattern_name="people:me"), name="account_set_password"),
    path("2fa/", include(second_factor)),
    path("sessions/", include(sessions)),
]
