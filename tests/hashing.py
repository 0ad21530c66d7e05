"""How tests hash passwords: as the product does, with little work. Most tests need an account, none its strength."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class QuickHasher(ScryptPasswordHasher):
    """The product's algorithm at a thousandth of its price."""

    work_factor = 2**4
