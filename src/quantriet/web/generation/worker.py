"""How a process that carries out steps begins; imports nothing that needs the tables to be known."""

import signal

import django


def prepare() -> None:
    """Set Django up. Ctrl-C is for the process that hands out the steps: a step in hand is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
