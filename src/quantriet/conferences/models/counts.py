"""What the roll-calls of a site add up to, kept so that a wall of 31,000 sites counts nobody."""

from django.db import models

from quantriet.conferences.models.conferences import Conference, Site


class SiteCount(models.Model):
    """The attendances of one site, added up: on the roll and there, there beside it, away; when the last came in.

    ``news`` is the number of the fold in which the site changed last: whoever knows a number asks for what is
    newer. Written by the fold alone; what it has not taken yet stands in ``SiteChange``.
    """

    site = models.OneToOneField(Site, primary_key=True, on_delete=models.CASCADE, related_name="count")
    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, db_index=False, related_name="+")
    on_roll = models.IntegerField(default=0)
    beside = models.IntegerField(default=0)
    away = models.IntegerField(default=0)
    recorded_at = models.DateTimeField(null=True)
    news = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("conference", "news"), name="site_count_news"),)


class SiteChange(models.Model):
    """What changed at a site and is not in its count yet: appended by the triggers of ``0009_site_counts``, one row
    a statement and site, taken away by the fold. All zero: the site, its units or an incident changed.
    """

    site_id = models.BigIntegerField()
    conference_id = models.BigIntegerField()
    on_roll = models.IntegerField(default=0)
    beside = models.IntegerField(default=0)
    away = models.IntegerField(default=0)
    recorded_at = models.DateTimeField(null=True)
