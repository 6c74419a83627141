"""Knows how a form becomes a schema, how a refusal is said in JSON, and how a repeated write gets the same answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.responses import NinjaJSONEncoder
from pydantic import ConfigDict, create_model

from tibandu.base.models import RepeatedRequest
from tibandu.base.refusals import BEYOND, Moved, NotYourStep, Refused
from tibandu.base.rows import RowsField

TYPES: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.ModelMultipleChoiceField, list[int]),
    (forms.TypedMultipleChoiceField, list[str]),
    (forms.MultipleChoiceField, list[str]),
    (forms.ModelChoiceField, int),
    (forms.BooleanField, bool),
    (forms.DateTimeField, datetime),
    (forms.DateField, date),
    (forms.DecimalField, Decimal),
    (forms.IntegerField, int),
)


class WholeText(Parser):
    """Reads JSON, and refuses half a character, which JSON can spell and no file, paper or database takes."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = super().parse_body(request)
        json.dumps(found, ensure_ascii=False).encode()
        return found


class Problem(Schema):
    """What is wrong, in a sentence, and by field where a field is to be mended."""

    refusal: str
    fields: dict[str, list[str]] = {}


class Strict(Schema):
    """A schema that refuses keys it does not know, so that a misspelt field is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


def schema_of(form: type[forms.Form], name: str) -> type[Schema]:
    """The schema of a form's fields; files are sent to the attachments, not in JSON. Unknown keys are refused."""
    fields: dict[str, Any] = {}
    for key, field in form.base_fields.items():
        if isinstance(field, forms.FileField):
            continue
        kind = _type_of(field, f"{name}{key.title().replace('_', '')}")
        note = Field(... if field.required else None, description=str(field.label or key))
        fields[key] = (kind if field.required else kind | None, note)
    made: type[Schema] = create_model(name, __base__=Strict, **fields)
    return made


def _type_of(field: forms.Field, name: str) -> Any:
    if isinstance(field, RowsField):
        return list[schema_of(field.row_form, f"{name}Row")]
    return next((kind for base, kind in TYPES if isinstance(field, base)), str)


def form_data(payload: Schema) -> dict[str, Any]:
    """The payload as a form reads it: absent values left out, rows as lists of dicts."""
    return {key: value for key, value in payload.dict().items() if value is not None}


def problems_of(form: forms.BaseForm) -> Problem:
    """A form's errors as a problem."""
    fields = {key: [str(message) for message in messages] for key, messages in form.errors.items()}
    first = next((messages[0] for messages in fields.values() if messages), _("填写有误。"))
    return Problem(refusal=first, fields={key: value for key, value in fields.items() if key != "__all__"})


def answer_refusals(api: NinjaAPI) -> None:
    """Every way a step fails has its status: 403 not your step, 409 moved meanwhile, 422 refused with its sentence."""

    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        fields = {key: [str(sentence)] for key, sentence in error.fields.items()}
        return api.create_response(request, {"refusal": str(error), "fields": fields}, status=422)

    def not_yours(request: HttpRequest, error: NotYourStep) -> HttpResponse:
        words = _("“%(step)s”由别的岗位办理。") % {"step": error}
        return api.create_response(request, {"refusal": words, "fields": {}}, status=403)

    def moved(request: HttpRequest, error: Moved) -> HttpResponse:
        return api.create_response(request, {"refusal": str(error), "fields": {}}, status=409)

    def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {str(found["loc"][-1]): [str(found["msg"])] for found in error.errors}
        words = _("请求的内容读不懂：%(fields)s。") % {"fields": "、".join(fields)}
        return api.create_response(request, {"refusal": words, "fields": fields}, status=422)

    def broken(request: HttpRequest, error: HttpError) -> HttpResponse:
        words = _("请求的内容读不懂。") if error.status_code == 400 else str(error)
        return api.create_response(request, {"refusal": words, "fields": {}}, status=error.status_code)

    def beyond(request: HttpRequest, error: Exception) -> HttpResponse:
        return api.create_response(request, {"refusal": str(BEYOND), "fields": {}}, status=422)

    api.add_exception_handler(HttpError, broken)
    api.add_exception_handler(OverflowError, beyond)
    api.add_exception_handler(DataError, beyond)
    api.add_exception_handler(ValidationError, unreadable)
    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(NotYourStep, not_yours)
    api.add_exception_handler(Moved, moved)


def once(request: HttpRequest, hat: str, act: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Runs a write once per `Idempotency-Key`: a repetition gets the first answer, another request with it is refused.

    The key is written in the act's own transaction, so a refused or broken act leaves no key behind.
    """
    key = request.headers.get("Idempotency-Key", "")[:80]
    if not key:
        return act()
    fingerprint = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    if answer := _answered(hat, key, fingerprint):
        return answer
    try:
        with transaction.atomic():
            kept = RepeatedRequest.objects.create(
                hat=hat, key=key, fingerprint=fingerprint, status=0, body="", answered_at=now()
            )
            status, body = act()
            kept.status, kept.body = status, json.dumps(body, cls=NinjaJSONEncoder, ensure_ascii=False)
            kept.save(update_fields=["status", "body"])
            body = json.loads(kept.body)
    except IntegrityError:
        if answer := _answered(hat, key, fingerprint):
            return answer
        raise
    return status, body


def _answered(hat: str, key: str, fingerprint: str) -> tuple[int, Any] | None:
    kept = RepeatedRequest.objects.filter(hat=hat, key=key).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise Refused(_("这个幂等键已用于另一个请求。"))
    return kept.status, json.loads(kept.body)
