"""Live events: who hears the folder, what is said, how many may listen."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from quantriet.ledger.commands import CHANNEL
from quantriet.org.models import Account
from quantriet.web import live
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A browser's end of the stream."""

    def __init__(self, cookie: str, path: str = live.PATH) -> None:
        self.parts: list[str] = []
        self.status = 0
        self.heard = asyncio.Event()
        self._gone = asyncio.Event()
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())] if cookie else []
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        self.task = asyncio.create_task(live.application(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.parts.append(message.get("body", b"").decode())
        self.heard.set()

    async def until(self, seen: Callable[[str], bool]) -> str:
        """Everything heard, as soon as it is as wanted."""
        async with asyncio.timeout(30):
            while not seen("".join(self.parts)):
                self.heard.clear()
                await self.heard.wait()
        return "".join(self.parts)

    async def leave(self) -> None:
        """The browser closes the page."""
        self._gone.set()
        await asyncio.wait_for(self.task, 20)


def session_of(account: Account) -> str:
    return factories.signed_in(account).cookies[settings.SESSION_COOKIE_NAME].value


def notify(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(number)])
    connection.close()


def test_a_fold_is_heard_by_all_who_listen() -> None:
    sessions = [session_of(factories.account("clerk", factories.province())) for _ in range(2)]

    async def scenario() -> list[bool]:
        listeners = [Listener(session) for session in sessions]
        for listener in listeners:
            await listener.until(lambda heard: "event: fold" in heard)
        await asyncio.to_thread(notify, 4711)
        heard = [await listener.until(lambda heard: "data: 4711\n\n" in heard) for listener in listeners]
        for listener in listeners:
            await listener.leave()
        return [text.startswith("retry: 5000\n\n") for text in heard]

    assert asyncio.run(scenario()) == [True, True]
    assert live.hub.clients == set()


def test_who_comes_later_is_told_the_newest_number_at_once() -> None:
    session = session_of(factories.account("clerk", factories.province()))

    async def scenario() -> str:
        first = Listener(session)
        await first.until(lambda heard: "event: fold" in heard)
        await asyncio.to_thread(notify, 4711)
        await first.until(lambda heard: "data: 4711\n\n" in heard)
        second = Listener(session)
        heard = await second.until(lambda heard: "event: fold" in heard)
        for listener in (first, second):
            await listener.leave()
        return heard

    assert "data: 4711\n\n" in asyncio.run(scenario())


@pytest.mark.parametrize("who", ["nobody", "forged", "closed", "without a role", "password changed"])
def test_only_open_accounts_with_a_role_may_listen(who: str) -> None:
    account = factories.account("clerk", factories.province())
    session = session_of(account)
    if who == "closed":
        Account.objects.update(is_active=False)
    elif who == "without a role":
        account.assignments.all().delete()
    elif who == "password changed":
        account.set_password("another-long-password")
        account.save()

    async def scenario() -> int:
        listener = Listener({"nobody": "", "forged": "x" * 32}.get(who, session))
        await asyncio.wait_for(listener.task, 20)
        return listener.status

    assert asyncio.run(scenario()) == 401


def test_more_than_the_house_holds_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(factories.account("clerk", factories.province()))
    monkeypatch.setattr(live, "MOST_CLIENTS", 0)

    async def scenario() -> int:
        listener = Listener(session)
        await asyncio.wait_for(listener.task, 20)
        return listener.status

    assert asyncio.run(scenario()) == 503


def test_a_session_that_ended_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    account = factories.account("clerk", factories.province())
    session = session_of(account)
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(live, "CHECK_AGAIN_S", 0.1)

    async def scenario() -> bool:
        listener = Listener(session)
        await listener.until(lambda heard: "still here" in heard)
        await asyncio.to_thread(close_account, account.pk)
        await asyncio.wait_for(listener.task, 20)
        return listener.task.done()

    assert asyncio.run(scenario())


def close_account(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(is_active=False)
    connection.close()


def test_other_addresses_are_not_there() -> None:
    async def scenario() -> int:
        listener = Listener("", "/live/")
        await asyncio.wait_for(listener.task, 20)
        return listener.status

    assert asyncio.run(scenario()) == 404
