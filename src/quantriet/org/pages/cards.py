"""Signing in by a printed card, and printing cards for the people of a unit."""

import io
import zipfile
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_print import Card, PrintColumn, TitleBlock, printed_table, qr_cards
from quantriet.org import access, second_factor
from quantriet.org.commands import cards as commands
from quantriet.org.commands.cards import IssuedCard
from quantriet.org.credential_forms import CardForm
from quantriet.org.doors import ActorRequest, page, public
from quantriet.org.models import Person
from quantriet.org.pages.entering import let_in
from quantriet.org.pages.second_factor import next_address
from quantriet.org.permissions import Can
from quantriet.org.queries import credentials as queries

CARDS_AT_MOST = 500


@public("signing in by a card")
@never_cache
@sensitive_post_parameters("code", "pin")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The card's code (scanned or typed) and its PIN."""
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            card = commands.use(form.cleaned_data["code"], form.cleaned_data["pin"])
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            request.session.flush()  # whoever was signed in here before is not the owner of the card
            let_in(request, card.account, way="card")
            request.session[second_factor.CARD] = card.pk
            return HttpResponseRedirect(next_address(request))
    words = {"form": form, "next": next_address(request)}
    response = render(request, "org/card_sign_in.html", words, status=422 if form.errors else 200)
    response.needs_wasm = True  # type: ignore[attr-defined]
    return response


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def unit_cards(request: ActorRequest, unit_id: int) -> HttpResponse:
    """The people of a unit with their cards; a post prints cards and PIN slips for the ticked ones."""
    unit = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    holders = queries.card_holders(unit)
    refusal = ""
    if request.method == "POST":
        wanted = set(request.POST.getlist("person")[:CARDS_AT_MOST])
        people = [holder.person for holder in holders if str(holder.person.pk) in wanted]
        if people:
            return _printed(commands.issue(people, by=request.actor))
        refusal = _("Chưa chọn ai. Hãy tích những người cần thẻ.")
    words = {"unit": unit, "holders": holders, "refusal": refusal}
    return render(request, "org/unit_cards.html", words, status=422 if refusal else 200)


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def revoke(request: ActorRequest, unit_id: int, person_id: int) -> HttpResponse:
    """End somebody's card."""
    unit = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    person = access.row_or_404(Person.objects.filter(home_unit=unit, account__isnull=False), person_id)
    commands.revoke(person.account, by=request.actor)
    return HttpResponseRedirect(request.path.rpartition("thu-hoi")[0])


def _printed(issued: Sequence[IssuedCard]) -> HttpResponse:
    """Cards and PIN slips as two papers in one file: they are handed out apart."""
    cards = [Card(card.name, card.unit, card.code, card.code) for card in issued]
    title = TitleBlock(
        _("PHIẾU MÃ PIN"),
        lines=(_("Cắt rời từng dòng, trao riêng với thẻ. Không lưu bản nào."),),
        place_date=timezone.localdate().strftime("%d/%m/%Y"),
    )
    columns = (PrintColumn(_("Họ và tên"), 2), PrintColumn(_("Đơn vị"), 2.4), PrintColumn(_("Mã PIN"), 1))
    rows = [(card.name, card.unit, card.pin) for card in issued]
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as papers:
        papers.writestr("the-dang-nhap.pdf", qr_cards(cards, heading=_("Thẻ đăng nhập Quán Triệt")))
        papers.writestr("phieu-ma-pin.pdf", printed_table(title, columns, rows, row_height=14))
    response = HttpResponse(pack.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="the-va-ma-pin.zip"'
    return response
