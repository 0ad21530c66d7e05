"""Quán Triệt: carries a resolution to each person and proves what was done with it."""
