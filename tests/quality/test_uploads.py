"""Files are hostile until parsed: known by their content, bounded, renamed harmlessly, handed out as downloads."""

import io
import struct
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.workbooks.writing import Column, table_workbook
from quality import uploads
from quality.models import ItemVersion, StoredFile
from quality.services import Upload, store_file, store_photo
from quality.services.files import safe_name
from quality.uploads import DOCX, DXF, JPEG, PDF, PNG, WEBP, XLSX, UnknownContentError, content_type_of
from tests import factories
from tests.quality import support

JPEG_BYTES = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    + b"\xff\xc0\x00\x11\x08\x00\x30\x00\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
    + b"\xff\xd9"
)
WEBP_BYTES = b"RIFF" + struct.pack("<I", 40) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\x3f\0\0" + b"\x2f\0\0" + b"\0" * 10
DXF_BYTES = b"  0\r\nSECTION\r\n  2\r\nENTITIES\r\n  0\r\nENDSEC\r\n  0\r\nEOF\r\n"


def container(*names: str, content: bytes = b"x", inflated: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content * max(inflated, 1))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (support.PDF, PDF),
        (support.png(), PNG),
        (JPEG_BYTES, JPEG),
        (WEBP_BYTES, WEBP),
        (table_workbook("t", [Column("a")], [["b"]]), XLSX),
        (container("[Content_Types].xml", "word/document.xml"), DOCX),
        (DXF_BYTES, DXF),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, kind: str) -> None:
    assert content_type_of(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"MZ\x90\x00",
        b"%PDF-1.4 but no end",
        b"\x89PNG\r\n\x1a\n" + b"<script>",
        support.png(40_000, 1)[:60],
        b"\xff\xd8\xff<script>alert(1)</script>",
        container("a.txt"),
        container("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        b"PK\x03\x04 and then nothing",
        b"  0\r\nSECTION\r\n\0\0\0EOF",
    ],
)
def test_what_only_pretends_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownContentError):
        content_type_of(data)


def test_a_picture_whose_head_claims_more_than_can_be_shown_is_refused() -> None:
    head = struct.pack(">II", 19_000, 19_000)
    bomb = support.png()[:16] + head + support.png()[24:]
    with pytest.raises(UnknownContentError):
        content_type_of(bomb)


def test_a_container_that_inflates_beyond_measure_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_INFLATED", 10_000)
    with pytest.raises(UnknownContentError):
        content_type_of(container("[Content_Types].xml", "xl/workbook.xml", inflated=6_000))


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall(data: bytes) -> None:
    for beginning in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"PK\x03\x04", b"%PDF-"):
        try:
            kind = content_type_of(beginning + data)
        except UnknownContentError:
            continue
        assert kind in uploads.EXTENSIONS


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("样板 v3.dxf", DXF, "样板 v3.dxf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("C:\\Users\\x\\a.PDF", PDF, "a.pdf"),
        ("photo.jpeg", JPEG, "photo.jpg"),
        ("invoice.pdf.exe", PDF, "invoice.pdf.exe.pdf"),
        ("a\r\nSet-Cookie: x", PDF, "a Set-Cookie x.pdf"),
        ("evil\u202efdp.exe", PDF, "evil fdp.exe.pdf"),
        ("...", PNG, "file.png"),
        ("x" * 500, PDF, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_becomes_harmless_and_ends_as_its_content(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind) == safe


@pytest.mark.django_db
class TestStoring:
    def test_size_and_content_are_bounded_and_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("quality.services.files.MAX_BYTES", 100)
        for code, upload in {
            "empty": Upload("a.pdf", b""),
            "too_large": Upload("a.pdf", support.PDF * 10),
            "content": Upload("a.pdf", b"text"),
        }.items():
            with pytest.raises(DomainError, match=r"a\.pdf") as caught:
                store_file(upload, by=None)
            assert caught.value.code == code
        with pytest.raises(DomainError, match="PNG, JPG, WEBP"):
            store_photo(Upload("a.pdf", support.PDF), by=None)
        assert not StoredFile.objects.exists()

    def test_a_file_comes_as_a_download_that_runs_nothing(self, client: Client) -> None:
        stored = store_file(Upload("色卡 v1.pdf", support.PDF), by=None)
        client.force_login(factories.user(Department.WORKSHOP))
        response = client.get(reverse("quality:file", args=[stored.pk]))
        assert response.content == support.PDF
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        client.logout()
        assert client.get(reverse("quality:file", args=[stored.pk])).status_code == 302

    def test_an_upload_beyond_the_limit_is_stopped_and_no_comment_passes_for_it(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("quality.views.shared.MAX_BYTES", 50_000)
        plan = support.planned()
        item = support.item(plan, "dies")
        client.force_login(factories.user(Department.TECHNICAL))
        url = reverse("quality:item_deliver", args=[item.pk])
        big = io.BytesIO(support.PDF + b"\0" * 60_000)
        big.name = "big.pdf"
        page = client.post(url, {"note": "见附件", "attached": big}, follow=True)
        assert page.redirect_chain
        assert "MB" in page.content.decode()
        assert not ItemVersion.objects.exists()

    def test_a_form_without_its_token_is_refused(self) -> None:
        plan = support.planned()
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(factories.user(Department.TECHNICAL))
        url = reverse("quality:item_deliver", args=[support.item(plan, "dies").pk])
        assert strict.post(url, {"note": "x"}).status_code == 403
