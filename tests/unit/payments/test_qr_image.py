"""The picture of a code, read back by an independent decoder from a clean and a bad screen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

from payments.domain.vietqr import VietQR, build
from payments.web.qr_image import QUIET_ZONE, qr_png, qr_svg

DATA = Path(__file__).parents[2] / "data" / "qr_vectors.json"
PAYLOAD = build(
    VietQR(
        bin="970436",
        account="0881000458086",
        amount=594_462_000 // 2,
        text="TPX30PTVCCN30N",
        name="TTPVHCC HUONG TRA",
        city="HUE",
    )
)
RECORDED = [
    vector["payload"]
    for vector in json.loads(DATA.read_text(encoding="utf-8"))
    if vector["role"] == "positive"
]


def picture(payload: str, scale: int = 6) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(payload, scale=scale))).convert("L")


def read_back(image: Image.Image) -> zxingcpp.Barcode:
    (code,) = zxingcpp.read_barcodes(image)
    return code


def drawn(svg: str) -> Image.Image:
    """Paint our SVG: the horizontal strokes of one path on a white square, six pixels a module."""
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    side = int(root.attrib["viewBox"].split()[2]) // 4
    image = Image.new("L", (side, side), 255)
    x = y = 0
    path = next(node.attrib["d"] for node in root.iter() if node.get("class") == "qrline")
    for step in path.replace("M", " M").replace("m", " m").replace("h", " h").split(" m"):
        for part in ("m" + step if not step.strip().startswith("M") else step.strip()).split(" h"):
            if part[0] in "Mm":
                across, down = part[1:].replace("-", " -").split()
                x, y = (0, 0) if part[0] == "M" else (x, y)
                x, y = x + int(across), y + int(float(down))
            else:
                image.paste(0, (x, y, x + int(part), y + 1))
                x += int(part)
    return image.resize((side * 6, side * 6), Image.Resampling.NEAREST)


@pytest.mark.parametrize("payload", RECORDED)
def test_every_recorded_code_is_read_back_from_its_picture(payload: str) -> None:
    code = read_back(picture(payload, scale=3))

    assert code.text == payload
    assert code.ec_level == "M"


def test_the_svg_shows_the_same_code() -> None:
    assert read_back(drawn(qr_svg(PAYLOAD))).text == PAYLOAD


def test_the_symbol_is_in_byte_mode() -> None:
    # 138 capitals and digits would fit into a version 7 in the mode that EMVCo forbids.
    payload = "A" * 138

    version_8 = 49
    assert picture(payload, scale=1).width == version_8 + 2 * QUIET_ZONE


def test_the_quiet_zone_is_four_modules_and_nothing_is_laid_over() -> None:
    image = picture(PAYLOAD, scale=1)
    side = image.width

    assert QUIET_ZONE == 4
    assert image.crop((0, 0, side, 4)).getextrema() == (255, 255)
    assert image.crop((0, 0, 4, side)).getextrema() == (255, 255)
    assert image.getpixel((4, 4)) == 0


def jpeg(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=20)
    return Image.open(out)


DAMAGE: dict[str, Callable[[Image.Image], Image.Image]] = {
    "small": lambda image: image.resize((image.width // 3, image.height // 3)),
    "odd size": lambda image: image.resize((331, 331), Image.Resampling.BICUBIC),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2.5)),
    "turned": lambda image: image.rotate(17, expand=True, fillcolor=255),
    "upside down": lambda image: image.rotate(180),
    "jpeg": jpeg,
    "low contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.25),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_bad_screen_is_still_read(damage: Callable[[Image.Image], Image.Image]) -> None:
    assert read_back(damage(picture(PAYLOAD))).text == PAYLOAD


def test_text_beyond_ascii_says_that_it_is_utf_8() -> None:
    payload = "phí hồ sơ"

    code = read_back(picture(payload))
    assert code.text == payload


def test_the_same_payload_is_drawn_once() -> None:
    assert qr_svg(PAYLOAD) is qr_svg(PAYLOAD)
    assert qr_png(PAYLOAD) is qr_png(PAYLOAD)
