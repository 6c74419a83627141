"""Gives each promise its day in the ledger and the count of its claims, keeps what a changed one said, names new limits."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def date_from_reply(apps: Any, _schema_editor: Any) -> None:
    """Promises already in the ledger came there with their reply."""
    promise, reply = apps.get_model("suggestions", "Promise"), apps.get_model("suggestions", "Reply")
    sent = Subquery(reply.objects.filter(pk=OuterRef("reply")).values("sent_on")[:1])
    promise.objects.exclude(state="draft").update(made_on=sent)
    promise.objects.exclude(claimed_on=None).update(claims=1)


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0003_ledger_indexes")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="made_on",
            field=models.DateField(blank=True, null=True, verbose_name="列入台账日期"),
        ),
        migrations.AddField(
            model_name="promise",
            name="claims",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="申报次数"),
        ),
        migrations.AddField(
            model_name="promiseentry",
            name="old_what",
            field=models.CharField(blank=True, max_length=200, verbose_name="原承诺事项"),
        ),
        migrations.AddField(
            model_name="promiseentry",
            name="old_measure",
            field=models.CharField(blank=True, max_length=120, verbose_name="原衡量标准"),
        ),
        migrations.AddField(
            model_name="promiseentry",
            name="old_money",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="原资金（分）"),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="limit_code",
            field=models.CharField(
                choices=[
                    ("screening_notice", "审查告知"),
                    ("assignment_in_session", "会议建议交办"),
                    ("assignment_between", "闭会建议交办"),
                    ("reply", "答复期限"),
                    ("reply_long", "复杂建议答复期限"),
                    ("opinion", "会办意见期限"),
                    ("objection", "申退期限"),
                    ("reassignment", "重新交办期限"),
                    ("arbitration", "裁定期限"),
                    ("sign_for", "签收期限"),
                    ("first_contact", "办前联系期限"),
                    ("contact_confirmation", "代表确认联系期限"),
                    ("after_contact", "办后联系期限"),
                    ("rating", "代表评价期限"),
                    ("rating_reminder", "评价提醒"),
                    ("rehandling", "二次交办答复期限"),
                    ("publication", "公开期限"),
                    ("near", "临期提醒"),
                    ("finding", "核实期限"),
                    ("statement", "承诺落实情况报告期限"),
                    ("receipt", "代表回执期限"),
                    ("paper_copy", "检察文书抄送期限"),
                    ("agency_reply", "检察建议回复期限"),
                    ("agency_urgent", "紧急检察建议回复期限"),
                    ("plan", "督办办理方案期限"),
                ],
                max_length=24,
                verbose_name="期限",
            ),
        ),
        migrations.AlterField(
            model_name="handover",
            name="limit_code",
            field=models.CharField(
                choices=[
                    ("screening_notice", "审查告知"),
                    ("assignment_in_session", "会议建议交办"),
                    ("assignment_between", "闭会建议交办"),
                    ("reply", "答复期限"),
                    ("reply_long", "复杂建议答复期限"),
                    ("opinion", "会办意见期限"),
                    ("objection", "申退期限"),
                    ("reassignment", "重新交办期限"),
                    ("arbitration", "裁定期限"),
                    ("sign_for", "签收期限"),
                    ("first_contact", "办前联系期限"),
                    ("contact_confirmation", "代表确认联系期限"),
                    ("after_contact", "办后联系期限"),
                    ("rating", "代表评价期限"),
                    ("rating_reminder", "评价提醒"),
                    ("rehandling", "二次交办答复期限"),
                    ("publication", "公开期限"),
                    ("near", "临期提醒"),
                    ("finding", "核实期限"),
                    ("statement", "承诺落实情况报告期限"),
                    ("receipt", "代表回执期限"),
                    ("paper_copy", "检察文书抄送期限"),
                    ("agency_reply", "检察建议回复期限"),
                    ("agency_urgent", "紧急检察建议回复期限"),
                    ("plan", "督办办理方案期限"),
                ],
                default="reply",
                max_length=24,
                verbose_name="期限",
            ),
        ),
        migrations.RunPython(date_from_reply, migrations.RunPython.noop),
    ]
