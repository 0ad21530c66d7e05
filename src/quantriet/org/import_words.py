"""The words people use in sheets: columns with their aliases, and what kinds, trees, classes and posts are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from quantriet.core.office.columns import Column, header_key
from quantriet.org.models import PersonClass, Tree, UnitKind
from quantriet.org.models.people import MembershipStatus, PostTitle

T = TypeVar("T")

UNIT_COLUMNS = (
    Column("code", "Mã đơn vị", ("Mã", "Mã ĐV", "Mã tổ chức", "Mã tổ chức đảng", "ma_don_vi")),
    Column("name", "Tên đơn vị", ("Tên", "Đơn vị", "Tên tổ chức", "Tên tổ chức đảng")),
    Column("kind", "Loại", ("Loại đơn vị", "Loại hình", "Loại tổ chức")),
    Column(
        "parent", "Mã cấp trên", ("Cấp trên", "Mã đơn vị cấp trên", "Trực thuộc", "Thuộc"), required=False
    ),
    Column("tree", "Cây", ("Tổ chức", "Khối", "Cây tổ chức"), required=False),
    Column("committee", "Cấp ủy", ("cap_uy", "Mã cấp ủy", "Cấp ủy cùng cấp"), required=False),
    Column("admin_code", "Mã hành chính", ("Mã ĐVHC", "Mã đơn vị hành chính"), required=False),
    Column("short_name", "Tên ngắn", ("Tên tắt", "Viết tắt"), required=False),
    Column(
        "members",
        "Số thành viên",
        ("Số đảng viên", "Số hội viên", "Số đoàn viên", "Tổng số đảng viên", "Số lượng"),
        required=False,
    ),
    Column(
        "head",
        "Người đứng đầu",
        ("Bí thư", "Chủ tịch", "Thủ trưởng", "Họ tên người đứng đầu"),
        required=False,
    ),
    Column("phone", "Điện thoại", ("Số điện thoại", "ĐT", "SĐT"), required=False),
    Column("email", "Thư điện tử", ("Email", "E-mail", "Hộp thư"), required=False),
    Column("founded_on", "Ngày thành lập", ("Thành lập ngày", "Thành lập"), required=False),
    Column("decision", "Quyết định", ("Số quyết định", "Quyết định thành lập"), required=False),
)

PEOPLE_COLUMNS = (
    Column("full_name", "Họ và tên", ("Họ tên", "Họ, tên", "Họ và tên khai sinh", "Tên")),
    Column(
        "code",
        "Mã đảng viên",
        (
            "Mã",
            "Mã số",
            "Số thẻ",
            "Số thẻ đảng viên",
            "Số thẻ Đảng",
            "Số định danh",
            "Số lý lịch",
            "Mã cán bộ",
        ),
        required=False,
    ),
    Column(
        "birth",
        "Ngày sinh",
        ("Ngày tháng năm sinh", "Năm sinh", "Sinh ngày", "Ngày, tháng, năm sinh"),
        required=False,
    ),
    Column("unit", "Mã đơn vị", ("Đơn vị", "Mã chi bộ", "Chi bộ", "Mã tổ chức đảng"), required=False),
    Column("status", "Tình trạng", ("Chính thức/dự bị", "Loại đảng viên", "Diện"), required=False),
    Column("person_class", "Đối tượng", ("Nhóm đối tượng", "Nhóm"), required=False),
    Column("post", "Chức vụ", ("Chức danh", "Chức vụ Đảng"), required=False),
    Column("phone", "Điện thoại", ("Số điện thoại", "ĐT", "SĐT"), required=False),
    Column("email", "Thư điện tử", ("Email", "E-mail"), required=False),
    Column("from_on", "Từ ngày", ("Ngày về đơn vị", "Ngày chuyển đến", "Sinh hoạt từ ngày"), required=False),
)

_KIND_WORDS: dict[str, tuple[str, ...]] = {
    UnitKind.CENTRAL: ("Trung ương",),
    UnitKind.PROVINCE: ("Đảng bộ tỉnh", "Đảng bộ thành phố", "Tỉnh ủy", "Thành ủy", "Tỉnh", "Thành phố"),
    UnitKind.COMMUNE: ("Đảng bộ xã", "Đảng bộ phường", "Đảng bộ đặc khu", "Xã", "Phường", "Đặc khu"),
    UnitKind.DIRECT: ("Đảng bộ trực thuộc", "Đảng bộ trực thuộc tỉnh ủy"),
    UnitKind.BASE_COMMITTEE: ("Đảng bộ cơ sở", "ĐBCS"),
    UnitKind.BASE_CELL: ("Chi bộ cơ sở", "CBCS"),
    UnitKind.SECTION: ("Đảng bộ bộ phận",),
    UnitKind.CELL: ("Chi bộ trực thuộc", "Chi bộ"),
    UnitKind.BODY: ("Ban", "Văn phòng", "Cơ quan", "Ban, văn phòng", "Cơ quan tham mưu"),
    UnitKind.PRESS: ("Báo", "Cơ quan báo chí", "Báo và phát thanh, truyền hình", "Đài"),
    UnitKind.MASS: (
        "Mặt trận, đoàn thể",
        "Mặt trận",
        "Đoàn thể",
        "Hội",
        "Ủy ban Mặt trận Tổ quốc",
        "Công đoàn",
    ),
}
_TREE_WORDS: dict[str, tuple[str, ...]] = {
    Tree.PARTY: ("Đảng",),
    Tree.FRONT: ("Mặt trận", "MTTQ", "Mặt trận Tổ quốc"),
    Tree.YOUTH: ("Đoàn", "Đoàn Thanh niên", "Thanh niên"),
    Tree.WOMEN: ("Phụ nữ", "Hội Liên hiệp Phụ nữ", "Hội LHPN", "Hội Phụ nữ"),
    Tree.FARMERS: ("Nông dân", "Hội Nông dân"),
    Tree.VETERANS: ("Cựu chiến binh", "Hội Cựu chiến binh", "CCB"),
    Tree.UNION: ("Công đoàn", "LĐLĐ", "Liên đoàn Lao động"),
}
_STATUS_WORDS: dict[str, tuple[str, ...]] = {
    MembershipStatus.FULL: ("Chính thức", "Đảng viên chính thức", "Đảng viên"),
    MembershipStatus.PROBATIONARY: ("Dự bị", "Đảng viên dự bị"),
    MembershipStatus.EXEMPT: ("Được miễn", "Miễn", "Đảng viên được miễn", "Miễn sinh hoạt", "Miễn công tác"),
    MembershipStatus.NON_MEMBER: ("Ngoài Đảng", "Quần chúng", "Chưa vào Đảng"),
}
_CLASS_WORDS: dict[int, tuple[str, ...]] = {
    PersonClass.COMMITTEE: ("Cấp ủy viên", "Cấp ủy", "Ủy viên"),
    PersonClass.KEY_CADRE: ("Cán bộ chủ chốt", "Chủ chốt"),
    PersonClass.MEMBER: ("Đảng viên",),
    PersonClass.CIVIL_SERVANT: ("Công chức, viên chức ngoài Đảng", "Công chức", "Viên chức"),
    PersonClass.ASSOCIATION: ("Đoàn viên, hội viên", "Đoàn viên", "Hội viên"),
    PersonClass.PUBLIC: ("Nhân dân", "Quần chúng"),
}
_POST_WORDS: dict[str, tuple[str, ...]] = {
    PostTitle.HEAD: ("Bí thư", "Bí thư chi bộ", "Bí thư Đảng ủy", "Chủ tịch", "Trưởng ban", "Người đứng đầu"),
    PostTitle.DEPUTY: ("Phó bí thư", "Phó bí thư thường trực", "Phó chủ tịch", "Phó trưởng ban", "Cấp phó"),
    PostTitle.COMMITTEE: ("Cấp ủy viên", "Chi ủy viên", "Đảng ủy viên", "Ủy viên", "Ủy viên Ban Thường vụ"),
    PostTitle.OFFICER: ("Cán bộ phụ trách", "Cán bộ tuyên giáo", "Chuyên viên", "Cán bộ"),
    PostTitle.CLERK: ("Thư ký", "Văn thư", "Thư ký, văn thư"),
}


@dataclass(frozen=True)
class Words(Generic[T]):
    """Words a column takes: what each stands for by its folded form, and one for each value, to be shown."""

    by_key: Mapping[str, T]
    shown: str

    def meaning(self, text: str) -> T | None:
        """The value a word stands for, however it is written."""
        return self.by_key.get(header_key(text))


def _by_word(words: Mapping[T, Sequence[str]]) -> Words[T]:
    """Every way to write a value, and the stored value itself, by its folded form."""
    found: dict[str, T] = {}
    for value, ways in words.items():
        found[header_key(str(value))] = value
        found |= {header_key(way): value for way in ways}
    return Words(found, "; ".join(ways[0] for ways in words.values()))


KINDS, TREES = _by_word(_KIND_WORDS), _by_word(_TREE_WORDS)
STATUSES, CLASSES = _by_word(_STATUS_WORDS), _by_word(_CLASS_WORDS)
POSTS = _by_word(_POST_WORDS).by_key
