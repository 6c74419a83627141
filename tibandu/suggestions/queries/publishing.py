"""Knows what everybody may read: published suggestions and replies, their scrubbed files, and who sets letter templates."""

from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tibandu.base.scrub import masked
from tibandu.people.enums import Competence, Rank
from tibandu.people.models import Congress, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import SubjectClass
from tibandu.suggestions.enums import Consent, Publicity
from tibandu.suggestions.models import Assignment, Attachment, LetterTemplate, Proposer, Reply, Suggestion
from tibandu.suggestions.queries.letters import letter_of
from tibandu.suggestions.queries.sight import replies_visible_to, visible_to

PAGE = 20


def letter_text(reply: Reply) -> str:
    """The words of a sent letter for the public: without whom to call, and with personal data hidden."""
    letter = letter_of(reply, reply.signed_on or date.min)
    return masked("\n".join([letter.salutation, *(text for _level, text in letter.body)]))


def published(
    words: str = "",
    *,
    congress: Congress | None = None,
    year: int | None = None,
    subject: SubjectClass | None = None,
    unit: Unit | None = None,
    before: int | None = None,
) -> list[Suggestion]:
    """One page of the published suggestions, newest first, and one row more if there is another page."""
    rows = visible_to(None).order_by("-pk")
    replies = replies_visible_to(None)
    for word in words.split():
        said = replies.filter(suggestion=OuterRef("pk"), public_text__contains=word)
        author = Proposer.objects.filter(suggestion=OuterRef("pk"), state=Consent.CONFIRMED, name=word)
        open_text = Q(publicity=Publicity.FULL, facts__contains=word)
        found = Q(title__contains=word) | Q(number_text=word) | open_text
        rows = rows.filter(found | Exists(said) | Exists(author))
    if congress:
        rows = rows.filter(congress=congress)
    if year:
        rows = rows.filter(registered_on__year=year)
    if subject:
        rows = rows.filter(Q(subject=subject) | Q(subject__parent=subject))
    if unit:
        handled = Assignment.objects.filter(suggestion=OuterRef("pk"), unit=unit)
        rows = rows.filter(Exists(handled))
    if before:
        rows = rows.filter(pk__lt=before)
    return list(_with_public_rows(rows)[: PAGE + 1])


def public_case(pk: int) -> Suggestion:
    """One published suggestion with what may be read of it; raises DoesNotExist for every other."""
    files = Attachment.objects.filter(public_file__isnull=False)
    return (
        _with_public_rows(visible_to(None))
        .prefetch_related("asks", Prefetch("attachments", files))
        .get(pk=pk)
    )


def _with_public_rows(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    replies = (
        replies_visible_to(None).select_related("assignment__unit", "category").order_by("-sent_on", "-pk")
    )
    proposers = Proposer.objects.select_related("seat__delegation", "delegation")
    shares = Assignment.objects.select_related("unit").order_by("pk")
    return rows.select_related("congress", "session__term", "subject").prefetch_related(
        Prefetch("replies", replies), Prefetch("proposers", proposers), Prefetch("assignments", shares)
    )


def published_years() -> list[int]:
    return [first.year for first in visible_to(None).dates("registered_on", "year", order="DESC")]


def published_congresses() -> QuerySet[Congress]:
    return Congress.objects.filter(pk__in=visible_to(None).values("congress")).order_by("pk")


def published_subjects() -> QuerySet[SubjectClass]:
    named = visible_to(None).values("subject")
    return SubjectClass.objects.filter(Q(pk__in=named) | Q(children__in=named)).distinct()


def published_units() -> QuerySet[Unit]:
    handled = Assignment.objects.filter(suggestion__in=visible_to(None).values("pk"))
    return Unit.objects.filter(pk__in=handled.values("unit")).order_by("order", "pk")


def public_file(pk: int) -> Attachment:
    """An attachment whose scrubbed copy is public; raises DoesNotExist for every other."""
    open_cases = visible_to(None).values("pk")
    rows = Attachment.objects.filter(suggestion__in=open_cases, public_file__isnull=False)
    return rows.select_related("public_file").get(pk=pk)


def may_set_template(actor: Actor) -> bool:
    """A head or section of a unit for its own letters; the office that closes cases for the whole congress."""
    if actor.is_congress_side:
        return actor.may(Competence.CLOSE)
    return actor.unit_id is not None and actor.rank in (Rank.PRINCIPAL, Rank.DEPUTY_HEAD, Rank.SECTION)


def congress_of(actor: Actor) -> Congress:
    return Congress.objects.get(pk=actor.congress_id)


def own_template(actor: Actor) -> LetterTemplate | None:
    """The template that stands now where the actor may set one."""
    rows = LetterTemplate.objects.filter(congress=actor.congress_id).select_related("file")
    return rows.filter(unit=None if actor.is_congress_side else actor.unit_id).first()
