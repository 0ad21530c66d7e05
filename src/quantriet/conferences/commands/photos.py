"""Photographs of the signed paper roll of a site: kept as the evidence of what was typed from it, and taken back."""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quantriet.conferences.commands import gate
from quantriet.conferences.models import RollPhoto, Site
from quantriet.core.errors import DomainError
from quantriet.core.intake import pictures
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.limits import MEGABYTE, FileLimits
from quantriet.core.intake.store import FileStore
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

LIMITS = FileLimits(bytes=12 * MEGABYTE)
"""A photograph of a good phone is half as large."""
MOST = 60
"""So many pages of one site: a roll of 1,500 people."""
MEDIA_TYPES = {FileKind.PNG: "image/png", FileKind.JPG: "image/jpeg"}
_LOCK = 7_141_901
"""The first of the two numbers of the lock under which a picture comes into the store or goes."""


def store() -> FileStore:
    """Photographs stand in a folder of their own: they go with their time, other files stay."""
    return FileStore(settings.FILES_ROOT / "to-ky-ten")


def keep(site: Site, contents: Sequence[bytes], *, by: Actor) -> list[RollPhoto]:
    """Keep photographs of the paper roll of a site, without what the camera wrote into them. All of them or none; the
    same picture again is the first one.

    Refuses with ``photo.none``, ``photo.too_many``, ``conference.over`` (called off) and as ``check_upload`` does.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    if not contents:
        raise DomainError("photo.none", _("Chưa chọn ảnh. Hãy chụp hoặc chọn ảnh tờ ký tên rồi gửi."))
    checked = [check_upload(content, kind=frozenset(MEDIA_TYPES), limits=LIMITS) for content in contents]
    bare = [
        (pictures.bare(content, one.kind), one.kind) for content, one in zip(contents, checked, strict=True)
    ]
    with transaction.atomic():
        gate.enter_uncancelled(site.conference)
        locked = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        kept = [_kept(locked, content, kind, by) for content, kind in bare]
        if locked.roll_photos.count() > MOST:
            raise DomainError(
                "photo.too_many",
                _("Một điểm cầu giữ nhiều nhất {most} ảnh. Chưa lưu ảnh nào; hãy bỏ bớt ảnh cũ.").format(
                    most=MOST
                ),
            )
        new = [photo.pk for photo, is_new in kept if is_new]
        if new:
            audit.record(by, "roll_photo.keep", locked, unit=locked.unit_id, detail={"photos": new})
    return [photo for photo, _is_new in kept]


def _kept(site: Site, content: bytes, kind: FileKind, by: Actor) -> tuple[RollPhoto, bool]:
    checked = check_upload(content, kind=kind, limits=LIMITS)
    _hold(checked.sha256)
    store().put(content)
    return RollPhoto.objects.get_or_create(
        site=site,
        sha256=checked.sha256,
        defaults={
            "unit_id": site.unit_id,
            "media_type": MEDIA_TYPES[kind],
            "size": checked.size,
            "actor": by.name[:120],
        },
    )


def take_back(photo: RollPhoto, *, by: Actor) -> None:
    """A photograph that was sent by mistake goes, its file with it. What was typed from it stays."""
    access.require(by, Can.ATTENDANCE_RECORD, photo.unit_id)
    with transaction.atomic():
        if forget(RollPhoto.objects.filter(pk=photo.pk)):
            audit.record(
                by, "roll_photo.take_back", photo.site, unit=photo.unit_id, detail={"photo": photo.pk}
            )


def forget(rows: QuerySet[RollPhoto]) -> int:
    """Erase photographs, and after the commit each file that no row names any more; returns how many rows went."""
    hashes = sorted(set(rows.values_list("sha256", flat=True)))
    gone, _models = rows.delete()
    transaction.on_commit(lambda: _erase_files(hashes))
    return gone


def _erase_files(hashes: Sequence[str]) -> None:
    with access.whole_house("photographs that no row names"):
        for sha256 in hashes:
            _hold(sha256)
            if not RollPhoto.objects.filter(sha256=sha256).exists():
                store().delete(sha256)


def _hold(sha256: str) -> None:
    """Until the commit nobody else brings this picture into the store or takes it out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, sha256])
