"""What the demo's people attach: a page of paper and a photo, made here so that no file has to be shipped."""

import struct
import zlib

from quality.services import Upload

WIDTH, HEIGHT = 240, 180


def paper(name: str, *lines: str) -> Upload:
    """A PDF of one page with lines of Latin text."""
    text = " T* ".join(f"({line}) Tj" for line in lines)
    stream = f"BT /F1 14 Tf 60 760 Td 20 TL {text} ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return Upload(name, body + end % (len(objects) + 1, table, len(objects) + 1, len(body)))


def photo(name: str) -> Upload:
    """A picture of a shoe from the side, with a ring where the problem is."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return Upload(name, b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def _pixel(x: int, y: int) -> bytes:
    ring = (x - 62) ** 2 + (y - 92) ** 2
    if 400 < ring < 576:
        return b"\xb3\x26\x1e"
    if 140 <= y < 156 and 28 < x < 216:
        return b"\x2a\x22\x1c"  # sole
    upper = 78 if x < 96 else 78 + (x - 96) * 0.52
    if upper <= y < 140 and 32 < x < 212:
        return b"\x8a\x5a\x3a"
    return b"\xe8\xe4\xde"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
