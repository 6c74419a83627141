"""Knows every verb of the rule library: install, draft, edit, enact, repeal, read; of the classes; of a year's calendar."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base import journal
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.actions.rolls import line, locked
from tibandu.people.models import Congress, Unit
from tibandu.people.queries import Actor
from tibandu.regulations import calendar_years, flow, profiles, queries
from tibandu.regulations.enums import DocumentKind, VersionState
from tibandu.regulations.models import (
    Article,
    CalendarDay,
    CalendarYear,
    Category,
    ContactStage,
    CopyRecipient,
    Dimension,
    Document,
    Grade,
    Ground,
    Limit,
    NumberPattern,
    Option,
    ReadReceipt,
    Setting,
    SubjectClass,
    Version,
)
from tibandu.regulations.models.measure import Row
from tibandu.regulations.rules import split_articles


@transaction.atomic
def install_profile(
    actor: Actor, congress: Congress, profile: str, *, at: datetime, effective_on: date, label: str
) -> Version:
    """A draft of a congress's measure with the articles and every row of a worked profile."""
    if not queries.keeps(actor, congress.pk):
        raise NotYourStep(_("制定办法"))
    chosen = profiles.profile(profile)
    document, _made = Document.objects.get_or_create(
        congress=congress,
        kind=DocumentKind.MEASURE,
        defaults={"title": f"{congress.name}代表建议、批评和意见处理办法", "adopted_by": congress.name},
    )
    version = _new_version(actor, document, label, at, effective_on=effective_on, facts={"profile": profile})
    rows = [
        Article(version=version, order=order, number=chosen.number_of(key), text=text)
        for order, (key, text) in enumerate(chosen.articles.items(), start=1)
    ]
    Article.objects.bulk_create(rows)
    _install_rows(version, chosen, dict(zip(chosen.articles, rows, strict=True)))
    return version


def _install_rows(version: Version, chosen: profiles.Profile, articles: Mapping[str, Article]) -> None:
    def spoken_by(kind: str) -> Article:
        return articles[chosen.spoken_by[kind]]

    def ordered(model: Any, kind: str, rows: Iterable[Any]) -> None:
        article = spoken_by(kind)
        model._base_manager.bulk_create(
            model(version=version, article=article, order=order, **vars(row))
            for order, row in enumerate(rows, start=1)
        )

    Limit.objects.bulk_create(
        Limit(version=version, code=code, **vars(row) | {"article": articles[row.article]})
        for code, row in chosen.limits.items()
    )
    Setting.objects.bulk_create(
        Setting(version=version, key=key, value=value, article=articles[article])
        for key, (value, article) in chosen.settings.items()
    )
    ordered(Category, "categories", chosen.categories)
    ordered(Grade, "grades", chosen.grades)
    ordered(Dimension, "dimensions", chosen.dimensions)
    ordered(ContactStage, "stages", chosen.stages)
    for kind in dict.fromkeys(ground.kind for ground in chosen.grounds):
        ordered(Ground, kind, [ground for ground in chosen.grounds if ground.kind == kind])
    for use in dict.fromkeys(option.kind for option in chosen.options):
        ordered(Option, use, [option for option in chosen.options if option.kind == use])
    NumberPattern.objects.bulk_create(
        NumberPattern(version=version, kind=kind, pattern=pattern, article=spoken_by("patterns"))
        for kind, pattern in chosen.patterns.items()
    )
    CopyRecipient.objects.bulk_create(
        CopyRecipient(version=version, name=name, system=system, order=order, article=spoken_by("copies"))
        for order, (name, system) in enumerate(chosen.copies, start=1)
    )


@contextmanager
def _classes_open(actor: Actor, congress_id: int, label: Any) -> Iterator[Congress]:
    """The congress locked for a change of its classes by who keeps its rules; else NotYourStep."""
    if not queries.keeps(actor, congress_id):
        raise NotYourStep(label)
    with locked(congress_id) as congress:
        yield congress


def install_subject_classes(actor: Actor, congress: Congress, *, at: datetime) -> int:
    """The two-level classes of matters to start from; classes that exist stay. Answers how many were made."""
    label, made = _("从样本建立分类"), 0
    with _classes_open(actor, congress.pk, label) as tenant:
        for order, (name, children) in enumerate(profiles.SUBJECT_CLASSES.items(), start=1):
            parent, is_new = SubjectClass.objects.get_or_create(
                congress=tenant, parent=None, name=name, defaults={"order": order}
            )
            made += is_new
            for place, child in enumerate(children, start=1):
                _row, is_new = SubjectClass.objects.get_or_create(
                    congress=tenant, parent=parent, name=child, defaults={"order": place}
                )
                made += is_new
        if made:
            line(tenant, actor, tenant, "subject_class.install", label, at=at, facts={"made": made})
    return made


def add_class(
    actor: Actor,
    congress: Congress,
    *,
    name: str,
    parent: SubjectClass | None = None,
    committee: Unit | None = None,
    at: datetime,
) -> SubjectClass:
    """A class at the end of its level."""
    label = _("新增分类")
    with _classes_open(actor, congress.pk, label) as tenant:
        row = SubjectClass(congress=tenant, name=name, parent=parent, committee=committee)
        _refuse_class(row)
        row.order = _last_order(row) + 1
        row.save()
        line(tenant, actor, row, "subject_class.add", label, at=at, facts=_told_class(row))
    return row


def change_class(
    actor: Actor,
    subject: SubjectClass,
    *,
    name: str,
    parent: SubjectClass | None,
    committee: Unit | None,
    at: datetime,
) -> None:
    """Renames a class, moves it under another one, or gives it another committee; cases keep their class."""
    label = _("修改分类")
    with _classes_open(actor, subject.congress_id, label) as tenant:
        row = SubjectClass.objects.select_related("parent", "committee").get(pk=subject.pk)
        before, is_moved = _told_class(row), row.parent_id != (parent.pk if parent else None)
        row.name, row.parent, row.committee = name, parent, committee
        _refuse_class(row)
        if is_moved:
            row.order = _last_order(row) + 1
        facts = {key: [before[key], now] for key, now in _told_class(row).items() if before[key] != now}
        if not facts:
            return
        row.save()
        line(tenant, actor, row, "subject_class.change", label, at=at, facts={"changed": facts})


def place_class(actor: Actor, subject: SubjectClass, *, place: int, at: datetime) -> None:
    """Puts a class at a place, counted from 1, among those of its level; beyond either end is that end."""
    label = _("调整分类次序")
    with _classes_open(actor, subject.congress_id, label) as tenant:
        level = list(SubjectClass.objects.filter(congress=tenant, parent=subject.parent_id))
        row = next(row for row in level if row.pk == subject.pk)
        source = level.index(row) + 1
        place = max(1, min(place, len(level)))
        if place == source:
            return
        level.insert(place - 1, level.pop(source - 1))
        for order, other in enumerate(level, start=1):
            other.order = order
        SubjectClass.objects.bulk_update(level, ["order"])
        line(tenant, actor, row, "subject_class.place", label, at=at, facts={"from": source, "to": place})


def _refuse_class(row: SubjectClass) -> None:
    """Two levels, one name in a level, and nothing of another congress."""
    if not row.name.strip():
        raise Refused(_("请写分类名称。"), {"name": _("请写分类名称")})
    level = SubjectClass.objects.filter(congress=row.congress_id, parent=row.parent).exclude(pk=row.pk)
    if level.filter(name=row.name).exists():
        raise Refused(_("同级已有这个分类。"), {"name": _("同级已有这个分类")})
    if row.parent and (row.parent.congress_id != row.congress_id or row.parent.parent_id):
        raise Refused(_("分类只有两级，上级须是本级人大的一级分类。"), {"parent": _("须是一级分类")})
    if row.parent and row.pk and (row.parent_id == row.pk or row.children.exists()):
        raise Refused(_("下面还有分类，不能并入别的分类之下。"), {"parent": _("下面还有分类")})
    if row.committee and row.committee.organ.congress_id != row.congress_id:
        raise Refused(_("对口委员会须是本级人大的机构。"), {"committee": _("须是本级人大的机构")})


def _last_order(row: SubjectClass) -> int:
    level = SubjectClass.objects.filter(congress=row.congress_id, parent=row.parent).exclude(pk=row.pk)
    return level.aggregate(last=Max("order"))["last"] or 0


def _told_class(row: SubjectClass) -> dict[str, str]:
    return {
        "called": row.name,
        "parent": str(row.parent or ""),
        "committee": str(row.committee or ""),
    }


@transaction.atomic
def enact(actor: Actor, version: Version, *, at: datetime, effective_on: date) -> None:
    """Puts a version in force from a day: its data are frozen, and the former version ends on that day."""
    document = Document.objects.select_for_update().get(pk=version.document_id)
    # What is frozen is what is enacted: nobody edits the draft between its reading and its enactment.
    version.refresh_from_db(from_queryset=Version.objects.select_for_update())
    version.document = document
    former = document.versions.filter(state=VersionState.IN_FORCE).first()
    if former and former.effective_on and effective_on <= former.effective_on:
        raise Refused(
            _("施行日期须晚于现行版本的施行日期%(day)s。") % {"day": former.effective_on.isoformat()},
            {"effective_on": _("须晚于现行版本的施行日期")},
        )
    flow.VERSION.check("enact", actor, version, localdate(at))
    if former:
        flow.VERSION.take("revised", actor, former, at=at, ended_on=effective_on, facts={"by": version.pk})
    is_measure = document.kind == DocumentKind.MEASURE
    flow.VERSION.take(
        "enact",
        actor,
        version,
        at=at,
        words=version.legal_basis,
        facts={"effective_on": effective_on, "former": former.pk if former else None},
        effective_on=effective_on,
        adopted_on=version.adopted_on or min(localdate(at), effective_on),
        compiled=queries.compiled(version).to_json() if is_measure else "",
    )


@transaction.atomic
def repeal(actor: Actor, version: Version, *, at: datetime, ended_on: date, words: str) -> None:
    """Ends a version without another in its place; a measure is only ever revised, because cases need one."""
    if version.document.kind == DocumentKind.MEASURE:
        raise Refused(_("处理办法只能由新版本修订，不能直接废止。"))
    if not words.strip():
        raise Refused(_("废止须说明理由。"), {"words": _("请写明废止的理由")})
    if version.effective_on and ended_on < version.effective_on:
        raise Refused(_("废止日期不能早于施行日期。"), {"ended_on": _("不能早于施行日期")})
    facts = {"ended_on": ended_on}
    flow.VERSION.take("repeal", actor, version, at=at, words=words, facts=facts, ended_on=ended_on)


@transaction.atomic
def discard(actor: Actor, version: Version, *, at: datetime, words: str = "") -> None:
    """Deletes a draft with its text and rows; what the draft's own chain said of it stays in the journal.

    A document that has no other version goes with it, so that its title is free again.
    """
    document = Document.objects.select_for_update().get(pk=version.document_id)
    version.refresh_from_db(from_queryset=Version.objects.select_for_update())
    version.document = document
    flow.VERSION.take("discard", actor, version, at=at, words=words)
    is_last = not document.versions.exclude(pk=version.pk).exists()
    with locked(document.congress_id) as congress:
        label = flow.VERSION.step("discard").label
        facts = {"document": document.title, "is_last": is_last}
        line(congress, actor, version, "version.discard", label, at=at, words=words, facts=facts)
        version.delete()
        if is_last:
            document.delete()


@transaction.atomic
def read(actor: Actor, version: Version, *, at: datetime) -> None:
    """A read receipt; reading twice leaves the first one."""
    if (
        actor.person_id is None
        or ReadReceipt.objects.filter(version=version, person=actor.person_id).exists()
    ):
        return
    flow.VERSION.take("read", actor, version, at=at)
    ReadReceipt.objects.create(version=version, person_id=actor.person_id, read_at=at)


@transaction.atomic
def add_document(
    actor: Actor,
    congress_id: int,
    *,
    at: datetime,
    kind: str,
    title: str,
    adopted_by: str,
    label: str,
    text: str,
) -> Version:
    """A document with its first version, a draft whose pasted text is split into articles."""
    if not queries.keeps(actor, congress_id):
        raise NotYourStep(_("新增制度文件"))
    if kind == DocumentKind.MEASURE:
        raise Refused(_("处理办法由样本建立，不能粘贴文字新增。"), {"kind": _("请选其他类别")})
    if Document.objects.filter(congress=congress_id, title=title).exists():
        raise Refused(_("已有同名的制度文件。"), {"title": _("已有同名的制度文件")})
    document = Document.objects.create(congress_id=congress_id, kind=kind, title=title, adopted_by=adopted_by)
    version = _new_version(actor, document, label, at, facts={"kind": kind, "title": title})
    _write(version, text)
    return version


@transaction.atomic
def draft_version(actor: Actor, document: Document, *, at: datetime, label: str) -> Version:
    """A draft that says what the version in force (else the newest one) says, row by row, to be edited and enacted."""
    if not queries.keeps(actor, document.congress_id):
        raise NotYourStep(_("起草新版本"))
    source = queries.current_version(document)
    facts = {"copied_from": source.pk if source else None}
    basis = source.legal_basis if source else ""
    version = _new_version(actor, document, label, at, facts=facts, legal_basis=basis)
    if source is None:
        return version
    articles = {}
    for old in source.articles.all():
        articles[old.pk] = Article(version=version, order=old.order, number=old.number, text=old.text)
    Article.objects.bulk_create(articles.values())
    for model in queries.KINDS.values():
        rows = list(model._base_manager.filter(version=source).order_by("pk"))
        for row in rows:
            row.pk, row.version = None, version
            row.article = articles.get(row.article_id or 0)
        model._base_manager.bulk_create(rows)
    return version


@transaction.atomic
def describe(actor: Actor, version: Version, *, at: datetime, **columns: Any) -> None:
    """Changes the label, number, day of adoption or legal basis of a draft."""
    known = {
        name: value
        for name, value in columns.items()
        if name in ("label", "number", "adopted_on", "legal_basis")
    }
    labels = version.document.versions.exclude(pk=version.pk).values_list("label", flat=True)
    if known.get("label") in labels:
        raise Refused(_("这个文件已有同名版本。"), {"label": _("已有同名版本")})
    flow.VERSION.take("edit", actor, version, at=at, facts={"kind": "version", **known}, **known)


@transaction.atomic
def write_articles(actor: Actor, version: Version, text: str, *, at: datetime) -> int:
    """Replaces the text of a draft; rows stay tied to the article that bears the same number. Answers how many articles."""
    flow.VERSION.take("edit", actor, version, at=at, facts={"kind": "articles", "letters": len(text)})
    old = {article.pk: article.number for article in version.articles.all()}
    tied = {}
    for model in queries.KINDS.values():
        for pk, article in model._base_manager.filter(version=version, article__in=old).values_list(
            "pk", "article"
        ):
            tied[model, pk] = old[article]
    version.articles.all().delete()
    new = {article.number: article for article in _write(version, text)}
    for (model, pk), number in tied.items():
        model._base_manager.filter(pk=pk).update(article=new.get(number))
    return len(new)


@transaction.atomic
def change_rows(
    actor: Actor, version: Version, kind: str, changed: Sequence[Row], removed: Sequence[Row], *, at: datetime
) -> None:
    """Saves and removes rows of one kind of a draft measure; a version in force refuses."""
    flow.VERSION.take(
        "edit",
        actor,
        version,
        at=at,
        facts={
            "kind": kind,
            "changed": [_told(row) for row in changed],
            "removed": [_told(row) for row in removed],
        },
    )
    for row in removed:
        row.delete()
    try:
        with transaction.atomic():
            for row in changed:
                row.version = version
                row.save()
    except IntegrityError as problem:
        raise Refused(_("有两行的代码相同。")) from problem


@transaction.atomic
def replace_categories(
    actor: Actor, version: Version, rows: Iterable[profiles.CategoryRow], *, at: datetime
) -> None:
    """Puts another category scheme (say 甲乙丙) in the place of a draft's."""
    article = version.articles.filter(text__contains="答复按解决程度分为").first()
    made = [Category(article=article, order=order, **vars(row)) for order, row in enumerate(rows, start=1)]
    change_rows(actor, version, "categories", made, list(version.categories.all()), at=at)


@transaction.atomic
def record_calendar_year(
    actor: Actor,
    year: int,
    *,
    notice: str,
    days: Mapping[date, tuple[bool, str]],
    confirmed_by: str,
    at: datetime,
) -> bool:
    """The arrangement of a year, signed off by a person; `days` maps a day to (works, name). False if nothing is new.

    The caller recomputes open clocks afterwards, because cases live above this room.
    """
    if not queries.may_record_calendar(actor):
        raise NotYourStep(_("确认放假安排"))
    _refuse_strange_days(year, days)
    found = CalendarYear.objects.filter(year=year).first()
    held = {row.day: (row.works, row.name) for row in found.days.all()} if found else {}
    if found and held == dict(days) and found.notice == notice:
        return False
    elsewhere = CalendarDay.objects.filter(day__in=days).exclude(year=found)
    if taken := elsewhere.first():
        raise Refused(_("%(day)s 已列入另一年的安排。") % {"day": taken.day.isoformat()})
    columns = {"notice": notice, "confirmed_by": confirmed_by, "confirmed_at": at}
    row, is_new = CalendarYear.objects.update_or_create(year=year, defaults=columns)
    row.days.all().delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(year=row, day=day, works=works, name=name) for day, (works, name) in sorted(days.items())
    )
    if actor.congress_id is not None:
        _note_calendar(actor, row, is_new=is_new, days=len(days), at=at)
    return True


def _note_calendar(actor: Actor, row: CalendarYear, *, is_new: bool, days: int, at: datetime) -> None:
    """The line on the congress of whoever signed the arrangement off."""
    journal.record(
        Congress.objects.get(pk=actor.congress_id),
        actor,
        noun="calendar_year",
        object_id=row.pk,
        verb="confirm",
        label=str(_("确认放假安排") if is_new else _("更新放假安排")),
        at=at,
        words=row.notice,
        facts={"year": row.year, "days": days, "confirmed_by": row.confirmed_by},
    )


def seed_calendar(actor: Actor, *, at: datetime, confirmed_by: str) -> int:
    """The years whose notices are known; running it again changes nothing. Answers how many years were recorded."""
    return sum(
        record_calendar_year(
            actor,
            year,
            notice=arrangement.notice,
            days=calendar_years.days_of(arrangement),
            confirmed_by=confirmed_by,
            at=at,
        )
        for year, arrangement in calendar_years.YEARS.items()
        if not CalendarYear.objects.filter(year=year).exists()
    )


def _refuse_strange_days(year: int, days: Mapping[date, tuple[bool, str]]) -> None:
    if not days:
        raise Refused(_("安排里没有任何一天。"))
    for day, (works, _name) in sorted(days.items()):
        if abs(day.year - year) > 1 or (day.year != year and day.month not in (1, 12)):
            raise Refused(_("%(day)s 不属于 %(year)d 年的安排。") % {"day": day.isoformat(), "year": year})
        if works and day.weekday() < 5:
            raise Refused(_("%(day)s 本来就上班，不能列为调休上班。") % {"day": day.isoformat()})


def _new_version(
    actor: Actor, document: Document, label: str, at: datetime, *, facts: Mapping[str, Any], **columns: Any
) -> Version:
    if not label.strip():
        raise Refused(_("请写版本名称。"), {"label": _("请写版本名称")})
    if document.versions.filter(label=label).exists():
        raise Refused(_("这个文件已有同名版本。"), {"label": _("已有同名版本")})
    version = Version.objects.create(document=document, label=label, **columns)
    journal.record(
        version,
        actor,
        noun="version",
        object_id=version.pk,
        verb="draft",
        label=str(_("起草版本")),
        at=at,
        target=version.state,
        facts={"label": label, **facts},
    )
    return version


def _write(version: Version, text: str) -> list[Article]:
    pairs = split_articles(text)
    if not pairs:
        raise Refused(_("没有条文。"), {"text": _("请粘贴条文")})
    numbers = [number for number, _words in pairs if number]
    if double := next((number for number in numbers if numbers.count(number) > 1), None):
        raise Refused(_("%(number)s写了两次。") % {"number": double}, {"text": _("条号重复")})
    return Article.objects.bulk_create(
        Article(version=version, order=order, number=number or str(_("序言")), text=words)
        for order, (number, words) in enumerate(pairs, start=1)
    )


def _told(row: Row) -> dict[str, str]:
    """A row as the journal keeps it: every column of its own, as text."""
    skipped = ("id", "version")
    return {f.attname: str(f.value_from_object(row)) for f in row._meta.fields if f.name not in skipped}
