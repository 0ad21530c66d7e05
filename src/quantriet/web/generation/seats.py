"""Accounts at the top, in a province, in a commune: who looks at what was made. They open in a demonstration only."""

from quantriet.org.access import Actor
from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.models import Unit
from quantriet.web.demonstration.accounts import PASSWORD
from quantriet.web.generation import tree
from quantriet.web.generation.scales import Wanted

NATION, PROVINCE, COMMUNE, ADMIN = "officer", "officer-tinh", "secretary", "admin"


def open_all(wanted: Wanted, *, by: Actor) -> int:
    """Open them."""
    province = tree.provinces(wanted)[0]
    told = (
        (NATION, "officer", tree.BOARD),
        (PROVINCE, "officer", f"{province.code}-BTGDV"),
        (COMMUNE, "secretary", province.commune_code(province.communes[0])),
        (ADMIN, "administrator", tree.TOP),
    )
    specs = [
        AccountSpec(
            f"Tài khoản thử {username}",
            role,
            Unit.objects.get(code=code).pk,
            username=username,
            password=PASSWORD,
            is_demo=True,
        )
        for username, role, code in told
    ]
    return len(accounts.open_accounts(specs, by=by))
