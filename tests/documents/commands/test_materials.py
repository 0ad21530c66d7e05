"""Materials: a file or a link, once a title, for the classes of people they name."""

import pytest

from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.documents import queries
from quantriet.documents.commands import materials
from quantriet.documents.commands.materials import Handout
from quantriet.documents.files import KeptFile
from quantriet.documents.models import Document, Material
from quantriet.org import access
from quantriet.org.models import PersonClass
from tests import factories
from tests.documents.conftest import Place

FILE = KeptFile("b" * 64, "de-cuong.docx", "application/msword", 900)


def handout(title: str = "Đề cương", *audiences: int) -> Handout:
    return Handout("outline", title, audiences, file=FILE)


def test_attach_retried_makes_one(place: Place, published: Document) -> None:
    with access.acting(place.officer):
        first = materials.attach(published, handout(), unit=place.province, by=place.officer)
        again = materials.attach(published, handout(), unit=place.province, by=place.officer)

        assert first.pk == again.pk
        assert Material.objects.count() == 1


def test_same_title_with_another_file_is_refused(place: Place, published: Document) -> None:
    other = Handout("outline", "Đề cương", (), link="https://vi-du.vn/de-cuong")
    with access.acting(place.officer):
        materials.attach(published, handout(), unit=place.province, by=place.officer)
        with pytest.raises(DomainError) as refused:
            materials.attach(published, other, unit=place.province, by=place.officer)

    assert refused.value.code == "material.title_taken"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Handout("outline", " ", (), file=FILE), "material.title"),
        (Handout("outline", "A"), "material.file_or_link"),
        (Handout("outline", "A", (), file=FILE, link="https://vi-du.vn"), "material.file_or_link"),
        (Handout("video", "A", (), link="javascript:alert(1)"), "material.link"),
        (Handout("outline", "A", (99,), file=FILE), "material.audience"),
        (Handout("film", "A", (), file=FILE), "material.kind"),
    ],
)
def test_faults_are_refused(place: Place, published: Document, wrong: Handout, code: str) -> None:
    with access.acting(place.officer):
        with pytest.raises(DomainError) as refused:
            materials.attach(published, wrong, unit=place.province, by=place.officer)

        assert refused.value.code == code
        assert not Material.objects.exists()


def test_a_commune_attaches_its_own_to_what_it_reads_only(place: Place, draft: Document) -> None:
    below = factories.actor("officer", place.commune)
    with access.acting(below):
        with pytest.raises(NotFoundError):
            materials.attach(draft, handout(), unit=place.commune, by=below)
        with pytest.raises(ForbiddenError):
            materials.attach(draft, handout(), unit=place.province, by=below)


def test_detach_twice_is_once(place: Place, published: Document) -> None:
    with access.acting(place.officer):
        material = materials.attach(published, handout(), unit=place.province, by=place.officer)
        materials.detach(Material.objects.get(pk=material.pk), by=place.officer)
        materials.detach(material, by=place.officer)

        assert not Material.objects.exists()


def test_each_sees_what_is_for_his_class_and_his_line_of_units(place: Place, published: Document) -> None:
    person = factories.person(place.cell)
    member = factories.actor("member", place.cell, of=person)
    secretary = factories.actor("secretary", place.cell)
    with access.acting(access.operator("x")):
        by = access.operator("x")
        materials.attach(published, handout("Cho mọi người"), unit=place.province, by=by)
        materials.attach(published, handout("Cho đảng viên", PersonClass.MEMBER), unit=place.commune, by=by)
        materials.attach(published, handout("Cho cấp ủy", PersonClass.COMMITTEE), unit=place.province, by=by)
        materials.attach(published, handout("Của xã bên"), unit=place.sibling, by=by)

    def titles(actor: access.Actor) -> list[str]:
        with access.acting(actor):
            return sorted(queries.materials(published, actor).values_list("title", flat=True))

    assert titles(member) == ["Cho mọi người", "Cho đảng viên"]
    assert titles(secretary) == ["Cho cấp ủy", "Cho mọi người", "Cho đảng viên"]
    assert titles(place.officer) == ["Cho cấp ủy", "Cho mọi người", "Cho đảng viên", "Của xã bên"]
