"""The demo centre's seventeen fields, its procedures, and an illustrative fee schedule.

The amounts are of the kind that centres charge, but they are not those of Hương Trà, whose own
schedule is not public; every fee says so in its legal basis. The procedure codes are invented.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

from payments.domain.fees import FeeKind

LEGAL_BASIS: Final = "Biểu phí minh họa, không phải mức thu thật"
VALID_FROM: Final = "2021-01-01"


@dataclass(frozen=True, slots=True)
class DemoProcedure:
    """A procedure of the demo centre. ``free`` counts its dossiers of the year that pay nothing."""

    code: str
    field_code: str
    name: str
    free: int = 0


@dataclass(frozen=True, slots=True)
class DemoFee:
    """A fee in whole đồng per unit, and how often the year charges it.

    ``dossiers`` of the year pay it for ``quantity`` units each, ``cashless`` of them by transfer.
    """

    code: str
    procedure_code: str
    name: str
    kind: FeeKind
    amount: int
    unit: str
    dossiers: int
    cashless: int = 0
    quantity: int = 1


FIELDS: Final = {
    "DD": "Đất đai",
    "BD": "Đăng ký biện pháp bảo đảm",
    "KD": "Đăng ký kinh doanh",
    "XD": "Xây dựng",
    "CT": "Công thương",
    "CN": "Nuôi con nuôi",
    "HT": "Hộ tịch",
    "TH": "Chứng thực",
    "BT": "Bảo trợ xã hội",
    "NC": "Người có công",
    "GD": "Giáo dục và đào tạo",
    "VH": "Văn hóa",
    "KT": "Thi đua, khen thưởng",
    "MT": "Môi trường",
    "NN": "Nông nghiệp",
    "GT": "Giao thông vận tải",
    "TG": "Tôn giáo",
}

PROCEDURES: Final = (
    DemoProcedure("9.000101", "DD", "Đăng ký biến động quyền sử dụng đất", 110),
    DemoProcedure("9.000102", "DD", "Cấp giấy chứng nhận quyền sử dụng đất lần đầu", 70),
    DemoProcedure("9.000103", "DD", "Cấp đổi, cấp lại giấy chứng nhận quyền sử dụng đất"),
    DemoProcedure("9.000104", "DD", "Cấp giấy chứng nhận quyền sở hữu nhà ở"),
    DemoProcedure("9.000201", "BD", "Đăng ký thế chấp quyền sử dụng đất", 40),
    DemoProcedure("9.000301", "KD", "Đăng ký thành lập hộ kinh doanh"),
    DemoProcedure("9.000302", "KD", "Tạm ngừng, chấm dứt hoạt động hộ kinh doanh", 60),
    DemoProcedure("9.000401", "XD", "Cấp giấy phép xây dựng nhà ở riêng lẻ", 30),
    DemoProcedure("9.000402", "XD", "Cấp giấy phép xây dựng công trình khác"),
    DemoProcedure("9.000501", "CT", "Cấp giấy phép bán lẻ rượu", 12),
    DemoProcedure("9.000601", "CN", "Đăng ký nuôi con nuôi trong nước", 2),
    DemoProcedure("9.000701", "HT", "Cấp bản sao trích lục hộ tịch"),
    DemoProcedure("9.000702", "HT", "Đăng ký khai sinh đúng hạn"),
    DemoProcedure("9.000703", "HT", "Đăng ký kết hôn trong nước", 180),
    DemoProcedure("9.000801", "TH", "Chứng thực chữ ký"),
    DemoProcedure("9.000802", "TH", "Chứng thực hợp đồng, giao dịch"),
    DemoProcedure("9.000803", "TH", "Chứng thực bản sao từ bản chính"),
    DemoProcedure("9.000901", "BT", "Trợ cấp xã hội hằng tháng", 560),
    DemoProcedure("9.001001", "NC", "Chế độ đối với người có công", 330),
    DemoProcedure("9.001101", "GD", "Chuyển trường đối với học sinh", 180),
    DemoProcedure("9.001201", "VH", "Công nhận gia đình văn hóa", 110),
    DemoProcedure("9.001301", "KT", "Tặng giấy khen của Chủ tịch Ủy ban nhân dân", 90),
    DemoProcedure("9.001401", "MT", "Xác nhận kế hoạch bảo vệ môi trường", 105),
    DemoProcedure("9.001501", "NN", "Hỗ trợ khôi phục sản xuất sau thiên tai", 190),
    DemoProcedure("9.001601", "GT", "Đăng ký phương tiện thủy nội địa", 100),
    DemoProcedure("9.001701", "TG", "Thông báo tổ chức sinh hoạt tôn giáo", 43),
)

_PHI, _LE_PHI = FeeKind.PHI, FeeKind.LE_PHI

# The mix adds up to the year as it was reported: 9,269 paid dossiers, 594,462,000 đồng, of which
# 133 dossiers paid 12,562,000 by transfer. How the sums fall on the fields is invented.
FEES: Final = (
    DemoFee(
        "DD-BIENDONG", "9.000101", "Phí thẩm định hồ sơ đăng ký biến động",
        _PHI, 450_000, "hồ sơ", 620, 12,
    ),
    DemoFee(
        "DD-LANDAU", "9.000102", "Phí thẩm định hồ sơ cấp giấy chứng nhận lần đầu",
        _PHI, 880_000, "hồ sơ", 120, 5,
    ),
    DemoFee(
        "DD-CAPDOI", "9.000103", "Lệ phí cấp đổi, cấp lại giấy chứng nhận",
        _LE_PHI, 25_000, "giấy", 900,
    ),
    DemoFee(
        "DD-NHAO", "9.000104", "Lệ phí cấp giấy chứng nhận quyền sở hữu nhà ở",
        _LE_PHI, 100_000, "giấy", 260,
    ),
    DemoFee(
        "BD-DANGKY", "9.000201", "Phí đăng ký biện pháp bảo đảm",
        _PHI, 80_000, "hồ sơ", 600,
    ),
    DemoFee(
        "KD-HOKD", "9.000301", "Lệ phí đăng ký hộ kinh doanh",
        _LE_PHI, 100_000, "lần cấp", 310, 20,
    ),
    DemoFee(
        "XD-NHAO", "9.000401", "Lệ phí cấp giấy phép xây dựng nhà ở riêng lẻ",
        _LE_PHI, 50_000, "giấy phép", 330,
    ),
    DemoFee(
        "XD-KHAC", "9.000402", "Lệ phí cấp giấy phép xây dựng công trình khác",
        _LE_PHI, 100_000, "giấy phép", 20,
    ),
    DemoFee(
        "CT-RUOU", "9.000501", "Phí thẩm định điều kiện bán lẻ rượu",
        _PHI, 400_000, "hồ sơ", 16,
    ),
    DemoFee(
        "CN-TRONGNUOC", "9.000601", "Lệ phí đăng ký nuôi con nuôi trong nước",
        _LE_PHI, 400_000, "trường hợp", 2,
    ),
    DemoFee(
        "HT-TRICHLUC", "9.000701", "Phí cấp bản sao trích lục hộ tịch",
        _PHI, 8_000, "bản", 1_400, 95,
    ),
    DemoFee(
        "HT-KHAISINH", "9.000702", "Lệ phí đăng ký khai sinh đúng hạn",
        _LE_PHI, 0, "trường hợp", 240,
    ),
    DemoFee(
        "TH-CHUKY", "9.000801", "Phí chứng thực chữ ký",
        _PHI, 10_000, "trường hợp", 700,
    ),
    DemoFee(
        "TH-HOPDONG", "9.000802", "Phí chứng thực hợp đồng, giao dịch",
        _PHI, 50_000, "hợp đồng", 260,
    ),
    DemoFee(
        "TH-BANSAO", "9.000803", "Phí chứng thực bản sao từ bản chính",
        _PHI, 2_000, "trang", 3_000, quantity=4,
    ),
    DemoFee(
        "TH-BANSAO", "9.000803", "Phí chứng thực bản sao từ bản chính",
        _PHI, 2_000, "trang", 731, 1,
    ),
)  # fmt: skip


def fee_file() -> bytes:
    """Return the schedule as the CSV file that an administrator imports."""
    procedures = {procedure.code: procedure for procedure in PROCEDURES}
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_HEADER)
    for fee in {fee.code: fee for fee in FEES}.values():
        procedure = procedures[fee.procedure_code]
        writer.writerow(
            (
                procedure.field_code,
                FIELDS[procedure.field_code],
                procedure.code,
                procedure.name,
                fee.code,
                fee.name,
                fee.kind.value,
                str(fee.amount),
                fee.unit,
                LEGAL_BASIS,
                VALID_FROM,
            )
        )
    return target.getvalue().encode("utf-8-sig")


_HEADER: Final = (
    "field_code",
    "field_name",
    "procedure_code",
    "procedure_name",
    "fee_code",
    "fee_name",
    "kind",
    "amount",
    "unit",
    "legal_basis",
    "valid_from",
)
