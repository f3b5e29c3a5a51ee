"""Pictures of QR codes as phones meet them, and an independent decoder that reads them back."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import typst
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

from payments.domain.banks import all_banks
from payments.domain.vietqr import MAX_AMOUNT, VietQR, build
from payments.web.qr_image import qr_png

_VECTORS = Path(__file__).parent / "data" / "qr_vectors.json"
# A bank's app looks for no bar codes either, which chance may put into any pattern.
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
RECORDED: list[str] = [
    vector["payload"]
    for vector in json.loads(_VECTORS.read_text(encoding="utf-8"))
    if vector["role"] == "positive"
]


def drawn_payloads(count: int, seed: int) -> list[str]:
    """Payloads of ours with whatever may stand in them, the same for the same seed."""
    rng = random.Random(seed)

    def letters(least: int, most: int) -> str:
        return "".join(rng.choices(_LETTERS, k=rng.randint(least, most)))

    return [
        build(
            VietQR(
                bin=rng.choice(all_banks()).bin,
                account=letters(1, 19),
                amount=rng.choice([None, rng.randint(1, MAX_AMOUNT)]),
                text=rng.choice([None, letters(1, 25)]),
                name=rng.choice([None, f"TT HCC {letters(1, 18)}"]),
                city=rng.choice([None, letters(1, 15)]),
                labels=rng.choice([(), (("01", letters(1, 25)), ("07", letters(1, 25)))]),
            )
        )
        for _ in range(count)
    ]


def picture(payload: str, scale: int = 6) -> Image.Image:
    """Our PNG of a payload."""
    return Image.open(io.BytesIO(qr_png(payload, scale=scale))).convert("L")


def painted(svg: str, width: int = 500) -> Image.Image:
    """An SVG painted by a program that knows nothing of QR codes, ``width`` pixels wide."""
    page = '#set page(width: 72pt, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    return opened(typst.compile(page.encode(), format="png", ppi=width, sys_inputs={"svg": svg}))


def opened(png: object) -> Image.Image:
    """The one picture that typst has made, in shades of grey."""
    assert isinstance(png, bytes)
    return Image.open(io.BytesIO(png)).convert("L")


def read_back(image: Image.Image) -> zxingcpp.Barcode:
    """The one QR code of a picture; fails when there is none or more than one."""
    (code,) = zxingcpp.read_barcodes(image, formats=_FORMATS)
    return code


def _jpeg(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=20)
    return Image.open(out)


def _dirty(image: Image.Image) -> Image.Image:
    """A pen has left a stroke across the code."""
    spoiled = image.copy()
    middle = image.height // 2
    spoiled.paste(0, (image.width // 3, middle, 2 * image.width // 3, middle + 6))
    return spoiled


DAMAGE: dict[str, Callable[[Image.Image], Image.Image]] = {
    "whole": lambda image: image,
    "small": lambda image: image.resize((image.width // 3, image.height // 3)),
    "odd size": lambda image: image.resize((331, 331), Image.Resampling.BICUBIC),
    "stretched": lambda image: image.resize((image.width * 5 // 4, image.height)),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "turned": lambda image: image.rotate(17, expand=True, fillcolor=255),
    "turned far": lambda image: image.rotate(211, expand=True, fillcolor=255),
    "upside down": lambda image: image.rotate(180),
    "jpeg": _jpeg,
    "low contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.25),
    "dark": lambda image: ImageEnhance.Brightness(image).enhance(0.3),
    "dirty": _dirty,
    "all at once": lambda image: _jpeg(
        ImageEnhance.Contrast(
            image.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1.5))
        ).enhance(0.4)
    ),
}
