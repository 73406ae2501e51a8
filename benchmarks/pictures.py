"""Make the two pictures of the README: the report in the terminal, and the page.

Run ``python benchmarks/pictures.py``; it needs chromium and chromium-driver,
and writes ``assets/report-terminal.svg`` and ``assets/report-page.png``.
"""

from __future__ import annotations

import base64
import io
import re
import tempfile
import time
from pathlib import Path

from browsing import ROOT, annotate_seeds, browsing
from rich.console import Console

from annotator import Annotator
from annotator.report import Detail, render_report
from annotator.report.page import render_page

ASSETS = ROOT / "assets"
WIDTH, HEIGHT = 1280, 1330
"""Of the picture of the page, in pixels."""
COLUMNS = 100
"""Of the picture of the terminal."""


def main() -> None:
    """Annotate the seeds and picture the report on them."""
    annotator = Annotator()
    documents = annotate_seeds(annotator)
    ASSETS.mkdir(exist_ok=True)
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), markup=False, highlight=False)
    console.print(render_report(documents, annotator.taxonomy, width=COLUMNS, detail=Detail.CORPUS))
    drawing = console.export_svg(title="annotator report seeds --detail corpus")
    # The drawing would fetch a font; the reader's own monospaced one serves as well.
    drawing = re.sub(r"@font-face\s*\{.*?\}\s*", "", drawing, flags=re.DOTALL)
    (ASSETS / "report-terminal.svg").write_text(drawing, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text("".join(render_page(documents, annotator.taxonomy)), encoding="utf-8")
        (ASSETS / "report-page.png").write_bytes(picture(page))
    for path in sorted(ASSETS.iterdir()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def picture(page: Path) -> bytes:
    """Return a picture of the top of a page, as PNG."""
    with browsing() as driver:
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get(page.as_uri())
        time.sleep(0.5)
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
