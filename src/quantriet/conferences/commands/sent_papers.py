"""Sending papers ahead with the summons, and a site opening them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference, PaperAtSite, SentPaper, Site
from quantriet.conferences.queries import sent_papers as reads
from quantriet.core.errors import DomainError
from quantriet.core.text import format_datetime
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


def send(conference: Conference, material_ids: Sequence[int], *, site_ids: Sequence[int], by: Actor) -> int:
    """Send materials of the agenda's documents to sites; returns how many times a paper came to a site anew.

    Refuses with ``papers.none`` where nothing is chosen that can be sent; nobody is told then.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    if conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        raise DomainError("conference.over", _("Hội nghị đã kết thúc hoặc đã hủy. Chưa gửi gì."))
    materials = [one.pk for one in reads.materials(conference, by) if one.pk in set(material_ids)]
    sites = list(conference.sites.filter(pk__in=list(site_ids)).order_by("id"))
    if not (materials and sites):
        raise DomainError("papers.none", _("Hãy chọn ít nhất một tài liệu và một điểm cầu. Chưa gửi gì."))
    with transaction.atomic():
        SentPaper.objects.bulk_create(
            [SentPaper(conference=conference, material_id=pk) for pk in materials], ignore_conflicts=True
        )
        papers = SentPaper.objects.filter(conference=conference, material__in=materials).order_by("id")
        known = set(PaperAtSite.objects.filter(paper__in=papers).values_list("paper_id", "site_id"))
        fresh = [
            PaperAtSite(paper=paper, site=site)
            for paper in papers
            for site in sites
            if (paper.pk, site.pk) not in known
        ]
        PaperAtSite.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
        if fresh:
            units = sorted({row.site.unit_id for row in fresh})
            notices.notify(units, _notice(conference, newest=max(paper.pk for paper in papers)))
            audit.record(
                by, "papers.send", conference, unit=conference.unit_id, detail={"materials": materials}
            )
    return len(fresh)


def _notice(conference: Conference, *, newest: int) -> NoticeText:
    return NoticeText(
        title=conference.title,
        text=_("Có tài liệu gửi trước. Họp lúc {when}; hãy mở và in trước ít nhất một ngày.").format(
            when=format_datetime(conference.starts_at)
        ),
        link=f"/hoi-nghi/{conference.pk}/",
        key=f"conference-papers:{conference.pk}:{newest}",
    )


def take_back(paper: SentPaper, *, by: Actor) -> None:
    """A paper that was sent by mistake goes with no summons any more. Taken back twice it is away."""
    access.require(by, Can.CONFERENCE_MANAGE, paper.conference.unit_id)
    with transaction.atomic():
        gone, _models = SentPaper.objects.filter(pk=paper.pk).delete()
        if gone:
            audit.record(
                by,
                "papers.take_back",
                paper.conference,
                unit=paper.conference.unit_id,
                detail={"material": paper.material_id},
            )


def open_at(site: Site, material_id: int, *, by: Actor) -> bool:
    """A site opens what it was sent; the first time counts. Returns whether it was sent there at all."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    rows = PaperAtSite.objects.filter(site=site, paper__material=material_id)
    with transaction.atomic():
        if rows.filter(opened_at=None).update(opened_at=timezone.now()):
            audit.record(by, "papers.open", site, unit=site.unit_id, detail={"material": material_id})
    return rows.exists()
