"""The form of an act on the tree: what is asked for each kind of it, before the dry run judges it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.org.act_words import ActWords, listed
from quantriet.org.forms import DayField
from quantriet.org.models import ActKind, UnitKind

_SEVERAL = _("Mã đơn vị, hoặc tên nếu chỉ một đơn vị mang tên đó; nhiều đơn vị cách nhau bằng dấu ;")
_ONE = _("Mã đơn vị, hoặc tên nếu chỉ một đơn vị mang tên đó.")

# What each kind of act asks for, in the order of the form: field → label and help.
_ASKED: Mapping[str, Mapping[str, tuple[Any, Any]]] = {
    ActKind.FOUND: {
        "units": (_("Mã đơn vị mới"), _("Mã do cơ quan đặt, chưa dùng cho đơn vị nào.")),
        "names": (_("Tên đơn vị mới"), ""),
        "unit_kind": (_("Loại đơn vị"), ""),
        "parent": (_("Cấp trên trực tiếp"), _ONE),
    },
    ActKind.RENAME: {
        "units": (_("Đơn vị đổi tên"), _ONE),
        "names": (_("Tên mới"), ""),
        "short_name": (_("Tên ngắn mới"), ""),
    },
    ActKind.RENUMBER: {
        "units": (_("Đơn vị đổi mã"), _ONE),
        "code": (_("Mã mới"), _("Chưa dùng cho đơn vị nào, kể cả đơn vị đã kết thúc.")),
    },
    ActKind.MOVE: {
        "units": (_("Đơn vị chuyển"), _SEVERAL),
        "parent": (_("Cấp trên mới"), _ONE),
    },
    ActKind.MERGE: {
        "units": (_("Các đơn vị sáp nhập"), _SEVERAL),
        "into": (_("Đơn vị nhận"), _("Mã một đơn vị đang có, hoặc mã mới khi lập đơn vị mới.")),
        "names": (_("Tên đơn vị mới"), _("Chỉ ghi khi lập đơn vị mới.")),
        "unit_kind": (_("Loại đơn vị mới"), _("Để trống: như các đơn vị sáp nhập.")),
        "parent": (_("Cấp trên của đơn vị mới"), _("Để trống: cấp trên chung của các đơn vị sáp nhập.")),
    },
    ActKind.SPLIT: {
        "units": (_("Đơn vị bị chia"), _ONE),
        "into": (_("Các đơn vị nhận"), _("Mã đơn vị đang có hoặc mã mới, cách nhau bằng dấu ;")),
        "names": (_("Tên các đơn vị mới"), _("Theo thứ tự các mã mới, cách nhau bằng dấu ;")),
        "unit_kind": (_("Loại đơn vị mới"), _("Để trống: như đơn vị bị chia.")),
        "parent": (_("Cấp trên của đơn vị mới"), _("Để trống: cấp trên của đơn vị bị chia.")),
    },
    ActKind.CLOSE: {"units": (_("Đơn vị giải thể"), _SEVERAL)},
    ActKind.REOPEN: {
        "units": (_("Đơn vị lập lại"), _("Mã đơn vị đã kết thúc.")),
        "parent": (_("Cấp trên trực tiếp"), _("Để trống: cấp trên trước khi kết thúc.")),
    },
    ActKind.RECLASSIFY: {
        "units": (_("Đơn vị đổi loại"), _ONE),
        "unit_kind": (_("Loại mới"), ""),
        "names": (_("Tên mới"), _("Để trống: giữ tên cũ.")),
    },
}
_REQUIRED: Mapping[str, frozenset[str]] = {
    ActKind.FOUND: frozenset({"units", "names", "unit_kind"}),
    ActKind.RENAME: frozenset({"units", "names"}),
    ActKind.RENUMBER: frozenset({"units", "code"}),
    ActKind.MOVE: frozenset({"units", "parent"}),
    ActKind.MERGE: frozenset({"units", "into"}),
    ActKind.SPLIT: frozenset({"units", "into"}),
    ActKind.CLOSE: frozenset({"units"}),
    ActKind.REOPEN: frozenset({"units"}),
    ActKind.RECLASSIFY: frozenset({"units", "unit_kind"}),
}
_LONGEST = {"units": 4000, "into": 1000, "names": 2000, "parent": 200, "code": 40, "short_name": 80}


class ActForm(forms.Form):
    """One act of a kind, by a decision."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name, (label, help_text) in _ASKED[kind].items():
            required = name in _REQUIRED[kind]
            if name == "unit_kind":
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    help_text=help_text,
                    required=required,
                    choices=[("", "–"), *UnitKind.choices],
                )
            else:
                self.fields[name] = forms.CharField(
                    label=label, help_text=help_text, required=required, max_length=_LONGEST[name]
                )
        self.fields["decision"] = forms.CharField(label=_("Số quyết định"), max_length=80)
        self.fields["decided_on"] = DayField(label=_("Ngày quyết định"), help_text=_("ngày/tháng/năm"))
        self.fields["effective_on"] = DayField(
            label=_("Ngày hiệu lực"), help_text=_("ngày/tháng/năm; ngày sau hôm nay: chờ đến ngày đó")
        )
        self.fields["reason"] = forms.CharField(label=_("Ghi chú"), max_length=300, required=False)

    def words(
        self, *, shares: Mapping[int, int], people: Mapping[int, int], answers: Mapping[str, str]
    ) -> ActWords:
        """What was written, with the choices made under the dry run."""
        told = self.cleaned_data
        return ActWords(
            kind=self.kind,
            decision=told["decision"],
            decided_on=told["decided_on"],
            effective_on=told["effective_on"],
            units=listed(told["units"]),
            into=listed(told.get("into", "")),
            names=listed(told.get("names", "")),
            parent=told.get("parent", ""),
            code=told.get("code", ""),
            short_name=told.get("short_name", ""),
            unit_kind=told.get("unit_kind", ""),
            reason=told["reason"],
            shares=shares,
            people=people,
            answers=answers,
        )


class UndoForm(forms.Form):
    """Why an act is taken back."""

    reason = forms.CharField(label=_("Lý do hoàn tác"), max_length=300)
