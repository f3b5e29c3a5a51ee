"""Names that are put together by chance: whoever bears one of them is not meant."""

from __future__ import annotations

from random import Random
from typing import Final

_FAMILY: Final = (
    *("Nguyễn",) * 8,
    *("Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ") * 2,
    *("Ngô", "Dương", "Lý", "Trương", "Đinh", "Lâm", "Mai", "Cao", "Châu", "Tạ", "Hà", "Tôn"),
)  # fmt: skip
_WOMEN: Final = (
    ("Thị", "Ngọc", "Thu", "Thanh", "Kim", "Diệu", "Bích", "Hồng", "Quỳnh", "Mỹ"),
    ("An", "Anh", "Bình", "Chi", "Dung", "Duyên", "Giang", "Hà", "Hằng", "Hiền", "Hoa", "Hương",
     "Lan", "Liên", "Linh", "Loan", "Mai", "Nga", "Ngân", "Nhi", "Nhung", "Oanh", "Phượng",
     "Quyên", "Sương", "Tâm", "Thảo", "Thủy", "Trang", "Tuyết", "Uyên", "Vân", "Xuân", "Yến"),
)  # fmt: skip
_MEN: Final = (
    ("Văn", "Đức", "Hữu", "Minh", "Quang", "Công", "Đình", "Xuân", "Trọng", "Bá"),
    ("An", "Bảo", "Bình", "Cường", "Dũng", "Duy", "Đạt", "Đông", "Hải", "Hiếu", "Hòa", "Hùng",
     "Huy", "Khang", "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Mạnh", "Nam", "Nghĩa", "Phong", "Phúc",
     "Quân", "Sơn", "Tài", "Thành", "Thắng", "Tiến", "Toàn", "Trung", "Tuấn", "Vinh"),
)  # fmt: skip


def invented_name(random: Random) -> str:
    """Return a Vietnamese name: family, middle and given name, with its marks."""
    middle, given = random.choice((_WOMEN, _MEN))
    return f"{random.choice(_FAMILY)} {random.choice(middle)} {random.choice(given)}"


def last_four(random: Random) -> str:
    """Return the last four digits of a telephone number that nobody has."""
    return f"{random.randrange(10_000):04d}"
