"""Taking a file in: bounded, known by its content, stored once."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from planning_site.core.errors import DomainError
from planning_site.core.models import User
from quality.models import StoredFile
from quality.uploads import EXTENSIONS, MAX_BYTES, PICTURES, UnknownContentError, content_type_of

NAME_LENGTH = 120
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True)
class Upload:
    """A file as it arrived."""

    name: str
    data: bytes


def store_file(upload: Upload, *, by: User | None, only: Collection[str] = ()) -> StoredFile:
    """Keep a file; the same name and content is stored once. `only` names the content types that are wanted.

    Raises DomainError: `empty`, `too_large`, `content` if it is none of the kinds taken, whatever its name says.
    """
    if not upload.data:
        raise DomainError(_("%(name)s is empty.") % {"name": upload.name}, "empty")
    if len(upload.data) > MAX_BYTES:
        words = {"name": upload.name, "limit": MAX_BYTES // (1024 * 1024)}
        raise DomainError(_("%(name)s is larger than %(limit)d MB.") % words, "too_large")
    try:
        content_type = content_type_of(upload.data)
    except UnknownContentError as error:
        raise _not_taken(upload.name, only) from error
    if only and content_type not in only:
        raise _not_taken(upload.name, only)
    filename = safe_name(upload.name, content_type)
    digest = hashlib.sha256(filename.encode() + b"\0" + upload.data).hexdigest()
    values = {"filename": filename, "content_type": content_type, "content": upload.data, "size": len(upload.data), "uploaded_by": by}
    return StoredFile.objects.get_or_create(sha256=digest, defaults=values)[0]


def store_photo(upload: Upload, *, by: User | None) -> StoredFile:
    """Keep a picture."""
    return store_file(upload, by=by, only=PICTURES)


def safe_name(name: str, content_type: str) -> str:
    """The name without a path, control characters and tricks of writing direction, with the ending that its content has."""
    stem = " ".join(UNSAFE.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).split()).strip(" .")
    ending = EXTENSIONS[content_type]
    before, dot, after = stem.rpartition(".")
    if dot and (after.lower() == ending or (ending == "jpg" and after.lower() == "jpeg")):
        stem = before
    return f"{stem[:NAME_LENGTH].strip() or 'file'}.{ending}"


def _not_taken(name: str, only: Collection[str]) -> DomainError:
    kinds = ", ".join(EXTENSIONS[kind].upper() for kind in (only or EXTENSIONS))
    return DomainError(_("%(name)s is not taken. It must be one of: %(kinds)s.") % {"name": name, "kinds": kinds}, "content")
