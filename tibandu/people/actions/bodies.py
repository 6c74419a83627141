"""Knows how congresses, organs and units come into being, are renamed, merge, end, and hold powers."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.actions.rolls import line, rolls_open
from tibandu.people.enums import Competence, Function, Level, System
from tibandu.people.models import Appointment, CompetenceHolder, Congress, Organ, Unit, UnitAlias
from tibandu.people.queries import Actor


def add_congress(
    actor: Actor,
    parent: Congress | None = None,
    *,
    slug: str,
    name: str,
    short_name: str,
    level: Level,
    at: datetime,
) -> Congress:
    """A new tenant; only the system opens one."""
    if not actor.is_system:
        raise NotYourStep(_("新设人大"))
    with transaction.atomic():
        congress = Congress.objects.create(
            slug=slug, name=name, short_name=short_name, level=level, parent=parent
        )
        line(congress, actor, congress, "congress.add", _("新设人大"), at=at)
    return congress


def add_organ(actor: Actor, congress: Congress, *, system: System, name: str, at: datetime) -> Organ:
    with rolls_open(actor, congress.pk) as tenant:
        if Organ.objects.filter(congress=tenant, system=system).exists():
            raise Refused(_("“%(system)s”已经有机关。") % {"system": System(system).label}, {"system": ""})
        organ = Organ.objects.create(congress=tenant, system=system, name=name)
        line(tenant, actor, organ, "organ.add", _("新设机关"), at=at)
    return organ


def set_dispatcher(actor: Actor, organ: Organ, *, unit: Unit | None, at: datetime) -> None:
    """Names the unit that splits what is handed to an organ; None lets bodies be reached directly."""
    with rolls_open(actor, organ.congress_id) as tenant:
        if unit and unit.organ_id != organ.pk:
            raise Refused(_("分办机构必须是本机关的单位。"), {"unit": ""})
        organ.dispatcher = unit
        organ.save(update_fields=["dispatcher"])
        line(
            tenant,
            actor,
            organ,
            "organ.set_dispatcher",
            _("确定分办机构"),
            at=at,
            facts={"unit": str(unit or "")},
        )


def add_unit(
    actor: Actor,
    organ: Organ,
    *,
    name: str,
    short_name: str = "",
    function: Function = Function.HANDLING,
    order: int = 100,
    valid_from: date | None = None,
    aliases: Iterable[str] = (),
    at: datetime,
) -> Unit:
    with rolls_open(actor, organ.congress_id) as tenant:
        _refuse_taken_name(organ, name)
        unit = Unit.objects.create(
            organ=organ,
            name=name,
            short_name=short_name or name[:30],
            function=function,
            order=order,
            valid_from=valid_from,
        )
        add_aliases(unit, aliases)
        line(tenant, actor, unit, "unit.add", _("新设单位"), at=at, facts={"full_name": name})
    return unit


def add_aliases(unit: Unit, names: Iterable[str]) -> list[str]:
    """Names by which a unit is also written; answers those that were new. The caller holds the transaction."""
    known = {unit.name, unit.short_name, *unit.aliases.values_list("name", flat=True)}
    new = [name for name in dict.fromkeys(names) if name and name not in known]
    UnitAlias.objects.bulk_create([UnitAlias(unit=unit, name=name) for name in new])
    return new


def change_unit(
    actor: Actor,
    unit: Unit,
    *,
    short_name: str,
    function: Function,
    order: int,
    aliases: Iterable[str] = (),
    at: datetime,
) -> None:
    """What does not touch the unit's name or life: short name, kind of desk, order, names in use."""
    with rolls_open(actor, unit.organ.congress_id) as tenant:
        unit.short_name, unit.function, unit.order = short_name, function, order
        unit.save(update_fields=["short_name", "function", "order"])
        new = add_aliases(unit, aliases)
        line(tenant, actor, unit, "unit.change", _("修改单位"), at=at, facts={"aliases": new})


def rename_unit(actor: Actor, unit: Unit, *, name: str, short_name: str = "", at: datetime) -> None:
    """The same unit under a new name; the old names stay known for papers and imports."""
    with rolls_open(actor, unit.organ.congress_id) as tenant:
        _refuse_taken_name(unit.organ, name, besides=unit)
        before = [unit.name, unit.short_name]
        unit.name, unit.short_name = name, short_name or name[:30]
        unit.save(update_fields=["name", "short_name"])
        unit.aliases.filter(name__in=[unit.name, unit.short_name]).delete()
        add_aliases(unit, before)
        line(
            tenant,
            actor,
            unit,
            "unit.rename",
            _("单位更名"),
            at=at,
            words=before[0],
            facts={"full_name": name},
        )


def merge_unit(actor: Actor, unit: Unit, *, successor: Unit, on: date, at: datetime) -> None:
    """Ends a unit in favour of another: its names, powers and dispatching pass over, its posts fall vacant.

    Open shares are taken over by a step of their own.
    """
    with rolls_open(actor, unit.organ.congress_id) as tenant:
        if successor.pk == unit.pk or successor.organ.congress_id != tenant.pk:
            raise Refused(_("承接单位必须是本级人大所属的另一个单位。"), {"successor": ""})
        if successor.valid_until and successor.valid_until <= on:
            raise Refused(_("承接单位届时已撤销。"), {"successor": ""})
        _end(unit, on, successor)
        names = [unit.name, unit.short_name, *unit.aliases.values_list("name", flat=True)]
        add_aliases(successor, names)
        CompetenceHolder.objects.filter(congress=tenant, unit=unit).update(unit=successor)
        if successor.organ_id == unit.organ_id:
            Organ.objects.filter(dispatcher=unit).update(dispatcher=successor)
        facts = {"successor": str(successor), "on": on}
        line(tenant, actor, unit, "unit.merge", _("单位并入"), at=at, facts=facts)


def end_unit(actor: Actor, unit: Unit, *, on: date, words: str = "", at: datetime) -> None:
    """Ends a unit that nobody follows; one that holds a power or dispatches must hand it on first."""
    with rolls_open(actor, unit.organ.congress_id) as tenant:
        held = set(unit.competences.values_list("competence", flat=True))
        if held:
            names = "、".join(str(power.label) for power in Competence if power in held)
            raise Refused(_("该单位还承担%(names)s，请先改由别的单位承担。") % {"names": names})
        if unit.dispatches_for.exists():
            raise Refused(_("该单位还是分办机构，请先另定分办机构。"))
        _end(unit, on, None)
        line(tenant, actor, unit, "unit.end", _("撤销单位"), at=at, words=words, facts={"on": on})


def _end(unit: Unit, on: date, successor: Unit | None) -> None:
    if unit.valid_until:
        raise Refused(_("该单位已撤销。"))
    if unit.valid_from and on < unit.valid_from:
        raise Refused(_("撤销日期早于设立日期。"), {"on": ""})
    unit.valid_until, unit.successor = on, successor
    unit.save(update_fields=["valid_until", "successor"])
    held = Q(until=None) | Q(until__gt=on)
    Appointment.objects.filter(held, post__unit=unit, since__lte=on).update(until=on)


def set_competence(
    actor: Actor, congress: Congress, *, competence: Competence, unit: Unit, at: datetime
) -> None:
    """Gives a power to a unit of the congress's own organs; whoever held it holds it no longer. Money may be the government's."""
    systems = [System.CONGRESS, *([System.GOVERNMENT] if competence == Competence.FUND else [])]
    with rolls_open(actor, congress.pk) as tenant:
        if unit.organ.congress_id != tenant.pk or unit.organ.system not in systems:
            raise Refused(_("权限只能交给本级人大系统的单位。"), {"unit": ""})
        holder, _created = CompetenceHolder.objects.update_or_create(
            congress=tenant, competence=competence, defaults={"unit": unit}
        )
        facts = {"competence": competence, "unit": str(unit), "name": str(Competence(competence).label)}
        line(tenant, actor, holder, "competence.set", _("确定权限归属"), at=at, facts=facts)


def _refuse_taken_name(organ: Organ, name: str, besides: Unit | None = None) -> None:
    same = Unit.objects.filter(organ=organ, name=name)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused(_("%(organ)s已有名为“%(name)s”的单位。") % {"organ": organ, "name": name}, {"name": ""})
