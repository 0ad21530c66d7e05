"""The board of a campaign: indicators, funnel, map, tree map, one row a unit; every figure opens its rows."""

import dataclasses

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import queries
from quantriet.campaigns.models import Campaign
from quantriet.campaigns.pages.board_cells import Shown, build, shown
from quantriet.campaigns.pages.board_charts import funnel, place_map, treemap
from quantriet.campaigns.pages.board_days import slider
from quantriet.campaigns.pages.board_markup import row_markup
from quantriet.campaigns.pages.board_sheet import XLSX, sheet
from quantriet.core.components import Words
from quantriet.ledger.indicators import INDICATORS
from quantriet.ledger.models import Clock
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Tree
from quantriet.org.permissions import Can


@page(Can.CAMPAIGN_READ)
def board(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The board. A draft opens the page where it is adjusted."""
    view, form = shown(request, campaign_id)
    view = dataclasses.replace(view, only_own=False)
    campaign = view.looking.campaign
    if campaign.state == Campaign.State.DRAFT:
        return HttpResponseRedirect(reverse("campaign-adjust", args=[campaign.pk]))
    fold = Clock.objects.values_list("fold", flat=True).get()  # before the figures: none after it is missed
    built = build(view)
    steps = funnel(built)
    words = view.looking.context(
        "campaign",
        view=view,
        slider=slider(view.lens.day, campaign.starts_on),
        fold=fold,
        form=form,
        acts_since=queries.acts_told_since(view.looking.unit, view.lens).count(),
        top=built.top,
        rows=[row_markup(row, tree=view.tree) for row in built.rows],
        own=built.own,
        head=tuple(built.top.by_code.values()),
        steps=steps,
        funnel={"steps": [vars(step) for step in steps], "missing": str(_("chưa báo cáo"))},
        treemap=treemap(built),
        place_map=place_map(built),
        trees=_tree_choices(view),
        step_title=INDICATORS[view.step].title,
        sorts={
            "name": view.href("campaign", view.looking.unit, xep=""),
            "missing": view.href("campaign", view.looking.unit, xep="missing"),
        },
        head_shares=[
            (share, view.href("campaign", view.looking.unit, xep=share.code)) for share in built.top.shares
        ],
        unit_href=view.looking.href("campaign-unit"),
        unit_label=_("Việc của đơn vị"),
        sheet_href=view.href("campaign-sheet", view.looking.unit),
        refresh=request.get_full_path(),
        now=timezone.localtime(),
    )
    return render(request, "campaigns/board.html", words)


def _tree_choices(view: Shown) -> list[tuple[str, Words, bool]]:
    labels = dict(Tree.choices)
    trees = queries.trees_of(view.looking.campaign)
    return [(tree, labels[Tree(tree)], tree == view.tree) for tree in trees]


@page(Can.CAMPAIGN_READ)
def board_sheet(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The table of the board as an Excel sheet: counts as numbers, shares as fractions."""
    view, _form = shown(request, campaign_id)
    built = build(view)
    response = HttpResponse(sheet(built), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="dot-{campaign_id}-{view.looking.unit.pk}.xlsx"'
    return response
