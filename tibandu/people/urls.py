"""Knows the addresses of the rolls, the accounts and the messages."""

from django.urls import URLPattern, path

from tibandu.people.views import accounts, editing, importing, messages, roll

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("", roll.roll, name="roll"),
    path("deputies/", roll.deputies, name="deputies"),
    path("terms/", roll.terms, name="terms"),
    path("units/<int:pk>/", roll.unit, name="unit"),
    path("persons/<int:pk>/", roll.person, name="person"),
    path("me/", accounts.me, name="me"),
    path("me/tokens/", accounts.issue_token, name="issue_token"),
    path("me/tokens/<int:pk>/revoke/", accounts.revoke_token, name="revoke_token"),
    path("accounts/open/", accounts.open_accounts, name="open_accounts"),
    path("accounts/<int:pk>/reset/", accounts.reset_code, name="reset_code"),
    path("accounts/<int:pk>/deactivate/", accounts.deactivate, name="deactivate"),
    path("accounts/<int:pk>/reactivate/", accounts.reactivate, name="reactivate"),
    path("import/", importing.upload, name="import"),
    path("import/preview/", importing.preview, name="import_preview"),
    path("import/refused.xlsx", importing.refused, name="import_refused"),
    path("messages/", messages.messages, name="messages"),
    path("messages/read/", messages.read, name="read_messages"),
    path("sendings/", messages.sendings, name="sendings"),
    path("sendings/again/", messages.send_again, name="send_again"),
]
urlpatterns += [
    path(f"{verb.replace('_', '-')}/<int:pk>/", editing.change(verb), name=verb) for verb in editing.CHANGES
]
