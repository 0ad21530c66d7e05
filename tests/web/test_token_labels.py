"""A label names one key of an account in a unit, also when two are made at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

import psycopg
import pytest
from django.conf import settings
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.org.models import Account, Unit
from quantriet.org.permissions import Can
from quantriet.web import tokens
from quantriet.web.models import ApiToken
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests.racing import PATIENCE_S, acted, held_before_writing, until_waiting


@pytest.fixture
def commune(transactional_db: None) -> Unit:
    return factories.commune(factories.province())


@pytest.fixture
def head(commune: Unit) -> Account:
    return factories.account("secretary", commune)


def make(account: Account, unit: Unit, label: str = "báo cáo tuần") -> str:
    """The key, or the code of the refusal."""
    try:
        return tokens.create(
            account, unit, label=label, scopes={Can.UNIT_READ}, days=30, by=factories.operator()
        )[1][: len(tokens.PREFIX)]
    except DomainError as refused:
        return refused.code


def made_at_once(account: Account, unit: Unit, server: EmbeddedPostgres) -> list[str]:
    """Two who have both looked before either may write."""
    with ThreadPoolExecutor(2) as pool, held_before_writing(server, "web_apitoken") as let_write:
        both = [pool.submit(acted, lambda: make(account, unit)) for _one in range(2)]
        until_waiting(2, *both)
        let_write()
        return sorted(one.result(timeout=PATIENCE_S) for one in both)


def test_of_two_at_the_same_moment_one_is_told_that_the_label_is_taken(
    commune: Unit, head: Account, embedded_postgres: EmbeddedPostgres
) -> None:
    assert made_at_once(head, commune, embedded_postgres) == [tokens.PREFIX, "token.label"]
    assert ApiToken.objects.count() == 1


@contextmanager
def without_constraint(server: EmbeddedPostgres) -> Iterator[None]:
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(server.admin_dsn(name), autocommit=True) as admin:
        admin.execute("DROP INDEX api_token_label_once")
    yield


def test_control_without_the_constraint_there_are_two(
    commune: Unit, head: Account, embedded_postgres: EmbeddedPostgres
) -> None:
    with without_constraint(embedded_postgres):
        assert made_at_once(head, commune, embedded_postgres) == [tokens.PREFIX] * 2

    assert ApiToken.objects.count() == 2


def revoke() -> None:
    tokens.revoke(ApiToken.objects.latest("pk"), by=factories.operator())


def expire() -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("end", [revoke, expire])
def test_a_label_is_free_again_when_its_key_is_over(
    commune: Unit, head: Account, end: Callable[[], None]
) -> None:
    found = [acted(lambda: make(head, commune)) for _twice in range(2)]
    acted(end)
    found.append(acted(lambda: make(head, commune)))

    assert found == [tokens.PREFIX, "token.label", tokens.PREFIX]


def test_another_account_has_labels_of_its_own(commune: Unit, head: Account) -> None:
    other = factories.account("clerk", commune)

    found = [acted(lambda: make(head, commune)), acted(lambda: make(other, commune))]

    assert found == [tokens.PREFIX] * 2


@pytest.mark.parametrize("label", ["", "   "])
def test_a_key_without_a_label_is_refused(commune: Unit, head: Account, label: str) -> None:
    assert acted(lambda: make(head, commune, label)) == "token.label"
    assert ApiToken.objects.count() == 0


def test_keys_that_share_a_label_from_before_are_told_apart_and_go_on_working(
    commune: Unit, head: Account, embedded_postgres: EmbeddedPostgres
) -> None:
    apart = import_module("quantriet.web.migrations.0002_token_labels").APART
    with without_constraint(embedded_postgres):
        first, second, expired = (
            ApiToken.objects.create(
                label="tuần",
                digest=str(at),
                account=head,
                unit=commune,
                scopes=[],
                expires_at=timezone.now() + timedelta(days=days),
            )
            for at, days in enumerate((9, 9, -9))
        )

        with psycopg.connect(
            embedded_postgres.admin_dsn(str(settings.DATABASES["default"]["NAME"]))
        ) as admin:
            admin.execute(apart)

    told = {token.pk: (token.label, token.revoked_at) for token in ApiToken.objects.all()}
    assert told == {
        first.pk: ("tuần", None),
        second.pk: (f"tuần #{second.pk}", None),
        expired.pk: ("tuần", expired.expires_at),
    }
