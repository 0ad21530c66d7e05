"""An old report dropped in ("soi báo cáo cũ") shows its wrong percentages and contradicting dates."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import old_reports, reading
from quantriet.reports.forms import ExamineForm


@page(Can.CAMPAIGN_READ, write=Can.CAMPAIGN_READ)
def examine(request: ActorRequest) -> HttpResponse:
    """Drop a file or paste a text; the answer marks it. Nothing is stored."""
    if request.method == "GET":
        return render(request, "reports/examine.html", {"form": ExamineForm()})
    form = ExamineForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "reports/examine.html", {"form": form}, status=422)
    warnings: tuple[str, ...] = ()
    name = _("Nội dung đã dán")
    try:
        if uploaded := form.cleaned_data["file"]:
            name = uploaded.name
            text, warnings = reading.text_of_file(uploaded.read())
        else:
            text = reading.text_typed(form.cleaned_data["text"])
    except DomainError as error:
        form.add_error(None, error.sentence)
        return render(request, "reports/examine.html", {"form": form}, status=422)
    marks = old_reports.examine(text)
    words = {
        "form": ExamineForm(),
        "name": name,
        "marks": marks,
        "pieces": [
            (piece, marks.index(piece.mark) + 1 if piece.mark else 0)
            for piece in old_reports.pieces(text, marks)
        ],
        "warnings": warnings,
        "empty": not text.strip(),
    }
    return render(request, "reports/examined.html", words)
