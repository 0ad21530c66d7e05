"""What an import needs to be read once and written unit by unit; indexes that another one covers go."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0004_credentials"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="preview",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="import",
            name="rows",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="import",
            name="written_to",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="accessevent",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accesses",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="facility",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facilities",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("staged", "Đã tải lên"),
                    ("checked", "Đã kiểm tra"),
                    ("writing", "Đang ghi"),
                    ("done", "Đã ghi"),
                ],
                default="staged",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="import",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imports",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="home_unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="home_people",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="placement",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="child_placements",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            model_name="roleassignment",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="org.unit",
            ),
        ),
    ]
