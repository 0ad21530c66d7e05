"""The same act by several people at the same moment, each with a connection of his own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from quantriet.core.errors import DomainError


def outcomes(times: int, act: Callable[[int], Any]) -> list[str]:
    """``done`` or the code of the refusal for each of ``times`` who start together, in no special order."""
    start = threading.Barrier(times)
    found: list[str] = []

    def one(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            act(number)
            found.append("done")
        except DomainError as error:
            found.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)
