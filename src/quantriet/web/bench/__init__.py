"""Measurements of the size of a real province: ``quantriet bench`` and ``make bench``.

Everything runs on this machine, in a database of its own (``quantriet_bench``) that is made anew, against real
processes for pages on a loopback port. Nothing here is asserted: a figure stands beside its goal.
"""
