"""QR codes as SVG that stands in the page: a printed form opens its live page."""

from __future__ import annotations

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 2  # modules of white around the code


def page_code(path: str) -> SafeString:
    """The code of a page of this site, given by its path, as an inline SVG without any size of its own."""
    code = segno.make(settings.SITE_URL.rstrip("/") + path, error="m", micro=False)
    return mark_safe(
        code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None)
    )  # drawn here, holds no text of others
