"""The metrics: who may read them, what stands in them; the line of a request in the log."""

import json
import logging

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
    "asker",
    [{"REMOTE_ADDR": "10.0.0.7"}, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.7"}],
)
def test_from_elsewhere_they_are_not_there(asker: dict[str, str]) -> None:
    assert Client(**asker).get("/metrics").status_code == 404


def test_a_line_of_the_log_names_no_person(caplog: pytest.LogCaptureFixture) -> None:
    unit = factories.province("Đảng bộ tỉnh Kín")
    account = factories.account("officer", unit, username="nguyen.van.kin")
    with caplog.at_level(logging.INFO, logger="request"):
        answer = factories.signed_in(account).get(
            "/?q=Nguyễn+Văn+Kín", headers={"X-Request-ID": "abc-123-def"}
        )

    lines = [record.msg for record in caplog.records if record.name == "request"]
    assert answer.headers["X-Request-ID"] == "abc-123-def"
    assert [(line["route"], line["status"], line["account"], line["request"]) for line in lines] == [
        ("today", 200, account.pk, "abc-123-def")
    ]
    assert "kin" not in json.dumps(lines, default=str, ensure_ascii=False).casefold()
