"""The demonstration: An Giang province with invented people and campaigns, made through the same commands
as everything else; the same for one seed and one day.
"""
