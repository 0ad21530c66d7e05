"""Keys are asked for together and once; strangers are remembered; a fault is told to all who wait for it."""

import asyncio
import threading
from collections.abc import Mapping, Sequence

from quantriet.ingest.intake import BusyError, NotRecordedError
from quantriet.ingest.keyring import MOST_AT_ONCE, MOST_LOOKUPS, Keyring


def test_a_number_is_looked_up_once_and_a_stranger_is_remembered() -> None:
    asked: list[list[int]] = []

    def read(numbers: Sequence[int]) -> Mapping[int, bytes]:
        asked.append(list(numbers))
        return {1: b"key"}

    keyring = Keyring(read)

    async def run() -> list[bytes | None]:
        together = await asyncio.gather(*(keyring.key(number) for number in (1, 2, 1, 2)))
        return [*together, await keyring.key(1), await keyring.key(2)]

    assert asyncio.run(run()) == [b"key", None, b"key", None, b"key", None]
    assert asked == [[1, 2]]


def test_what_comes_during_a_question_goes_into_the_next_and_none_is_too_long() -> None:
    asked: list[int] = []
    begun, gate = threading.Event(), threading.Event()

    def read(numbers: Sequence[int]) -> Mapping[int, bytes]:
        asked.append(len(numbers))
        begun.set()
        assert gate.wait(30)
        return {number: b"%d" % number for number in numbers}

    keyring = Keyring(read)

    async def run() -> list[bytes | None]:
        first = asyncio.create_task(keyring.key(0))
        await asyncio.to_thread(begun.wait, 30)
        others = [asyncio.create_task(keyring.key(number)) for number in range(1, MOST_AT_ONCE + 3)]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(first, *others)

    assert asyncio.run(run()) == [b"%d" % number for number in range(MOST_AT_ONCE + 3)]
    assert asked == [1, MOST_AT_ONCE, 2]


def test_too_many_numbers_at_once_are_told_to_come_again() -> None:
    gate = threading.Event()
    keyring = Keyring(lambda _numbers: {} if gate.wait(30) else {0: b""})

    async def run() -> list[bytes | BaseException | None]:
        waiting = [asyncio.create_task(keyring.key(number)) for number in range(MOST_LOOKUPS + 1)]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = asyncio.run(run())

    assert found[:-1] == [None] * MOST_LOOKUPS
    assert isinstance(found[-1], BusyError)


def test_a_question_that_fails_is_told_to_all_and_asked_again_next_time() -> None:
    left = [1]

    def read(numbers: Sequence[int]) -> Mapping[int, bytes]:
        if left[0]:
            left[0] -= 1
            raise NotRecordedError
        return dict.fromkeys(numbers, b"key")

    keyring = Keyring(read)

    async def run() -> list[bytes | BaseException | None]:
        first = await asyncio.gather(*(keyring.key(number) for number in (1, 2, 1)), return_exceptions=True)
        return [*first, await keyring.key(1)]

    found = asyncio.run(run())

    assert [type(one) for one in found[:3]] == [NotRecordedError] * 3
    assert found[3] == b"key"
