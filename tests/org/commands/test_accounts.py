"""Opening accounts with slips, roles, the way back in."""

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.models import Account, RoleAssignment, Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Unit:
    return factories.cell(factories.commune(factories.province()))


def test_slips_hold_a_name_and_a_password_that_works_once_set(home: Unit) -> None:
    people = [factories.person(home, "Nguyễn Thị Đào"), factories.person(home, "Nguyễn Thị Đào")]
    specs = [AccountSpec(p.full_name, "member", home.pk, person_id=p.pk) for p in people]
    with access.acting(factories.operator()) as by:
        slips = accounts.open_accounts(specs, by=by)
        again = accounts.open_accounts(specs, by=by)

    assert [slip.username for slip in slips] == ["dao.nt", "dao.nt2"]
    assert [slip.password for slip in again] == ["", ""]
    signed_in = authenticate(None, username="DAO.NT", password=slips[0].password)
    assert isinstance(signed_in, Account)
    assert signed_in.must_change_password
    assert signed_in.one_time_until is not None
    assert signed_in.one_time_until > timezone.now()


def test_a_one_time_password_expires(home: Unit) -> None:
    with access.acting(factories.operator()) as by:
        slip = accounts.open_accounts([AccountSpec("An", "member", home.pk)], by=by)[0]
    account = Account.objects.get(pk=slip.account_id)
    account.one_time_until = timezone.now()
    account.save()

    assert authenticate(None, username=slip.username, password=slip.password) is None


def test_a_head_may_give_what_he_may_do_and_no_more(home: Unit) -> None:
    by = factories.actor("secretary", home)
    member = factories.account("member", home)
    with access.acting(by):
        accounts.grant(member, "clerk", home, by=by)
        accounts.grant(member, "clerk", home, by=by)
        with pytest.raises(ForbiddenError) as refusal:
            accounts.grant(member, "administrator", home, by=by)

    assert refusal.value.code == "account.role_too_high"
    assert RoleAssignment.objects.filter(account=member, role="clerk").count() == 1


def test_a_revoked_role_ends_at_the_next_request(home: Unit) -> None:
    member = factories.account("clerk", home)
    assignment = RoleAssignment.objects.get(account=member)
    with access.acting(factories.operator()) as by:
        accounts.revoke(assignment, by=by)
        accounts.revoke(assignment, by=by)

    assert access.actor(member) is None


def test_the_level_above_resets_and_nobody_resets_upwards(home: Unit) -> None:
    above = factories.actor("secretary", Unit.objects.get(placements__unit__child_placements__unit=home))
    member = factories.account("member", home)
    superior = factories.account("officer", Unit.objects.get(pk=above.unit_id))
    below = factories.actor("secretary", home)
    with access.acting(above):
        slip = accounts.reset([member], by=above)[0]
    with access.acting(below), pytest.raises(ForbiddenError):
        accounts.reset([superior], by=below)

    assert authenticate(None, username=member.username, password=factories.PASSWORD) is None
    assert authenticate(None, username=member.username, password=slip.password) == member


def test_a_closed_account_neither_signs_in_nor_acts(home: Unit) -> None:
    member = factories.account("clerk", home)
    with access.acting(factories.operator()) as by:
        accounts.close(member, by=by)
        accounts.close(member, by=by)

    assert authenticate(None, username=member.username, password=factories.PASSWORD) is None
    assert access.actor(member) is None


def test_change_password_refuses_what_is_weak_and_ends_the_one_time_state(home: Unit) -> None:
    with access.acting(factories.operator()) as by:
        slip = accounts.open_accounts([AccountSpec("An", "member", home.pk)], by=by)[0]
    account = Account.objects.get(pk=slip.account_id)
    codes = []
    for old, new in (("sai", "x"), (slip.password, slip.password), (slip.password, "ngan")):
        with pytest.raises(DomainError) as refusal:
            accounts.change_password(account, old=old, new=new)
        codes.append(refusal.value.code)
    accounts.change_password(account, old=slip.password, new="mot-cau-rat-dai-de-nho")

    assert codes == ["account.wrong_password", "account.same_password", "account.weak_password"]
    account.refresh_from_db()
    assert (account.must_change_password, account.one_time_until) == (False, None)
