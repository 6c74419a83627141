"""Paper and screen are equal (advantage A12): the survey form to print, and the entry of what came back on paper."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from tibandu.base.codes import form_code
from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import NotYourStep, Refused, Step
from tibandu.base.papers import Form, Section, Writing, boxes, form_pdf
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions import actions, queries
from tibandu.suggestions.actions.rating import asks_delivery
from tibandu.suggestions.enums import PAPER_CODES
from tibandu.suggestions.flow import flow_of
from tibandu.suggestions.forms import StepForm, form_of
from tibandu.suggestions.forms.papers import PaperCodeForm, PaperForm, typed_fields
from tibandu.suggestions.models import Rating

KIND_OF = {step: code for code, step in PAPER_CODES.items()}


@actor_required
def survey_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The 征询意见表 of one rating, as offices know it: received or not, the grades to tick, words, signature."""
    found = queries.row_on_page(request.actor, "rating", pk)
    if found is None:
        raise Http404
    response = HttpResponse(form_pdf(_survey(found[1])), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="rate-{pk}.pdf"'
    return response


def _survey(rating: Rating) -> Form:
    case, reply = rating.suggestion, rating.reply
    measure = queries.measure_for(case)
    grades = boxes(*(grade.label for grade in measure.grades))
    head = (
        (_("编号"), case.number_text or _("未编号")),
        (_("标题"), case.title),
        (_("承办单位"), str(reply.assignment.unit)),
        (_("答复文号"), reply.doc_no),
        (_("代表"), _("（保密）") if case.is_masked else rating.proposer.name),
        (_("请于此日前交回"), rating.closes_on.isoformat()),
    )
    received = ((_("是否收到答复"), boxes(_("是"), _("否"))), (_("收到日期"), ""))
    asked = tuple((row.label, grades) for row in measure.rating_dimensions(asks_delivery(reply)))
    address = ((_("通讯地址"), ""), (_("联系电话"), ""))
    return Form(
        title=_("代表建议办理情况征询意见表"),
        code=form_code(KIND_OF["rating", "rate"], rating.pk),
        organ=case.congress.name,
        sections=(
            Section(_("建议和答复"), head),
            Section(_("收到情况"), received),
            Section(_("评价"), asked),
            Section(_("联系方式"), address),
        ),
        writing=(Writing(_("对办理情况的意见（不满意的请写明原因）"), 5),),
        signatures=(_("代表签名"),),
        notes=(
            _("本表由代表本人填写，直接交代表工作机构，不经承办单位。"),
            _("评价期内承办单位看不到评价。"),
        ),
    )


@actor_required
def paper_code(request: HttpRequest) -> HttpResponse:
    """Type the code of a paper and go to its fields; below, what others have typed and waits for a second person."""
    _must_screen(request.actor)
    form = PaperCodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        kind, key = form.cleaned_data["code"]
        if kind in PAPER_CODES:
            noun, verb = PAPER_CODES[kind]
            return redirect("suggestions:paper_entry", noun=noun, pk=key, verb=verb)
        form.add_error("code", _("没有这样的表。"))
    waiting = [
        {"paper": paper, "label": flow_of(paper.noun, paper.verb).step(paper.verb).label}
        for paper in queries.papers_waiting(request.actor)
    ]
    status = 422 if form.errors else 200
    return render(request, "suggestions/paper_code.html", {"form": form, "waiting": waiting}, status=status)


@actor_required
def paper_entry(request: HttpRequest, noun: str, pk: int, verb: str) -> HttpResponse:
    """The step's own form, filled in for the person whose paper it is; kept until a second person has looked."""
    _must_screen(request.actor)
    found = queries.row_on_page(request.actor, noun, pk) if (noun, verb) in KIND_OF else None
    if found is None:
        raise Http404
    case, row = found
    step = flow_of(noun, verb).step(verb)
    paper, form = _forms(request, step, case, row)
    typed = request.method == "POST" and paper and form and paper.is_valid() and form.is_valid()
    if typed and _entered(request, noun, verb, case, row, paper, form):
        messages.success(request, _("已录入，等待复核。"))
        return redirect("suggestions:case", pk=case.pk)
    context = {"case": case, "row": row, "step": step, "paper": paper, "form": form}
    status = 422 if paper and paper.is_bound else 200
    return render(request, "suggestions/paper_entry.html", context, status=status)


def _must_screen(actor: Actor) -> None:
    if not actor.may(Competence.SCREEN):
        raise NotYourStep(_("录入纸件"))


def _forms(request: HttpRequest, step: Step, case: Any, row: Any) -> tuple[PaperForm | None, StepForm | None]:
    """Whose paper it may be, and the step's form for the one chosen; nothing where nobody may take the step now."""
    today = localdate()
    people = queries.people_of_case(case, today) if row.state in step.sources else []
    if not (signers := [person for person in people if step.role.holds(person, row)]):
        return None, None
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    paper = PaperForm(data, files, signers=signers, today=today)
    day = paper.cleaned_data.get("happened_on", today) if paper.is_bound and paper.is_valid() else today
    return paper, form_of(step.verb)(data, None, actor=paper.signer, case=row, today=day)


def _entered(
    request: HttpRequest, noun: str, verb: str, case: Any, row: Any, paper: PaperForm, form: StepForm
) -> bool:
    """Keeps the paper; a refusal is put above the fields."""
    at = now()
    try:
        actions.enter_paper(
            request.actor,
            case,
            at=at,
            noun=noun,
            subject=row,
            verb=verb,
            hat=paper.cleaned_data["hat"],
            fields=typed_fields(form),
            happened_at=min(paper.happened_at, at),
            scan=paper.cleaned_data["scan"],
        )
    except Refused as refusal:
        for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
            paper.add_error(field if field in paper.fields else None, sentence)
        return False
    return True


@actor_required
def paper_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a paper, to those who see the entry."""
    entry = queries.paper_on_file(request.actor, pk)
    if entry is None or entry.scan is None:
        raise Http404
    with open_stored(entry.scan.sha256) as file:
        response = HttpResponse(file.read(), content_type=KINDS[entry.scan.kind])
    response["Content-Disposition"] = f'inline; filename="paper-{entry.pk}.{entry.scan.kind}"'
    return response
