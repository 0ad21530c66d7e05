import socket

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client


@pytest.mark.django_db
def test_tests_work_as_the_app_and_not_as_a_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")

        assert cursor.fetchall() == [("quantriet_app", False, False)]


@pytest.mark.django_db
def test_the_app_cannot_change_tables_in_tests_either() -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for schema public") as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE mine (n int)")
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(PermissionError, match="Tests reach nothing but this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(PermissionError, match="'example' was asked for"):
        socket.getaddrinfo("example", 80)


def test_this_machine_is_reachable() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


@pytest.mark.django_db(transaction=True)
def test_a_site_on_a_real_port_answers(live_site: str) -> None:
    assert live_site.startswith("http://localhost:")
    assert Client().get("/healthz").status_code == 200
