"""A serving process settles when it has loaded what it will always need."""

import gc

FEW = (20_000, 20, 20)
"""Allocations between collections: a page of a province makes some hundred thousand objects and leaves no rings."""


def settle() -> None:
    """Leave everything loaded so far out of the collector's rounds.

    Code, models, forms and templates stay as long as the process. Going through them again and again took 30 to 60 ms
    at a time, each in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FEW)
