"""Two requests with one key at the same time: one writes, both get its answer."""

import threading
import time

import pytest
from django.db import connection
from ninja import Schema, Status

from quantriet.core import answers
from quantriet.core.errors import DomainError
from quantriet.core.models import KeptAnswer, Work


class Told(Schema):
    """An answer."""

    number: int


def write() -> Status[Told]:
    time.sleep(0.3)  # long enough for the other to come
    work = Work.objects.create(kind="x", account_id=1, unit_id=1, title="ghi")
    return Status(201, Told(number=work.pk))


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_write_once() -> None:
    given: list[tuple[int, object]] = []

    def ask() -> None:
        answer = answers.once(7, answers.Asked("POST /x", "k", b"{}"), write)
        given.append((answer.status_code, answer.value))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    number = Work.objects.get().pk
    assert given == [(201, {"number": number})] * 3


@pytest.mark.django_db
def test_keys_of_two_accounts_are_two_keys() -> None:
    first = answers.once(7, answers.Asked("POST /x", "k", b"{}"), lambda: Told(number=1))
    other = answers.once(8, answers.Asked("POST /x", "k", b"{}"), lambda: Told(number=2))

    assert [(answer.status_code, answer.value) for answer in (first, other)] == [
        (200, {"number": 1}),
        (200, {"number": 2}),
    ]


@pytest.mark.django_db
def test_a_key_without_end_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        answers.once(7, answers.Asked("POST /x", "k" * 201, b"{}"), lambda: Told(number=1))

    assert (refused.value.code, KeptAnswer.objects.count()) == ("api.key_too_long", 0)
