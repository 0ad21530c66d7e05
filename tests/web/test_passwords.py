"""The tests hash with little work; the product does not."""

from django.utils.module_loading import import_string

from quantriet.web import settings as product


def test_the_product_hashes_passwords_with_full_work() -> None:
    hasher = import_string(product.PASSWORD_HASHERS[0])()

    assert (hasher.algorithm, hasher.work_factor, hasher.block_size) == ("scrypt", 2**14, 8)
