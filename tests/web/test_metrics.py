"""The metrics: who may read them, what stands in them; the line of a request in the log."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_from_this_machine_they_are_open() -> None:
    Client().get("/healthz")

    told = Client().get("/metrics").content.decode()

    assert "quantriet_database_up 1" in told
    assert 'quantriet_requests_total{method="GET",route="healthz",status="200"}' in told


@pytest.mark.parametrize(
    ("near", "headers"),
    [
        ("10.0.0.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}),
        ("10.0.0.7", {"Authorization": "Bearer "}),
    ],
)
def test_from_elsewhere_they_are_not_there(near: str, headers: dict[str, str]) -> None:
    assert Client().get("/metrics", REMOTE_ADDR=near, headers=headers).status_code == 404


def test_a_line_of_the_log_names_no_person(caplog: pytest.LogCaptureFixture) -> None:
    unit = factories.province("Đảng bộ tỉnh Kín")
    account = factories.account("officer", unit, username="nguyen.van.kin")
    with caplog.at_level(logging.INFO, logger="request"):
        answer = factories.signed_in(account).get(
            "/?q=Nguyễn+Văn+Kín", headers={"X-Request-ID": "abc-123-def"}
        )

    lines: list[Any] = [record.msg for record in caplog.records if record.name == "request"]
    assert answer.headers["X-Request-ID"] == "abc-123-def"
    assert [(line["route"], line["status"], line["account"], line["request"]) for line in lines] == [
        ("today", 200, account.pk, "abc-123-def")
    ]
    assert "kin" not in json.dumps(lines, default=str, ensure_ascii=False).casefold()
