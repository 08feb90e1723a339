"""Bounds an upload while it arrives: a file beyond the limit is never stored, not even for a moment."""

from typing import IO, Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload, UploadFileException
from django.http import HttpRequest

OVERHEAD = 64 * 1024  # of a multipart request around its file
DRAINED_FACTOR = 4  # a body up to so many times the limit is read to its end, so that the browser hears the answer


class BoundedUpload(FileUploadHandler):
    """Stops an upload whose length, claimed or real, passes the limit; `too_large` tells that it did."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit = limit
        self.received = 0
        self.too_large = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803  named by Django
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[Any, Any] | None:
        """Look at the claimed length before the first byte is read."""
        if content_length > self.limit + OVERHEAD:
            self.too_large = True
            if content_length > self.limit * DRAINED_FACTOR:
                raise UploadFileException("the upload is larger than the limit")
        return None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass a piece on to the next handler, or stop."""
        self.received += len(raw_data)
        if self.too_large or self.received > self.limit:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind."""
        return
