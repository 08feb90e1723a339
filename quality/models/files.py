"""Files that people attach: patterns, sheets, photos. Kept in the database, so that a file and the fact it proves are one transaction."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file as it was uploaded. Its type was read from its content; it is only ever handed out as a download or into a picture."""

    # of the name and the content: see quality.services.files
    sha256 = models.CharField(max_length=64, unique=True)
    filename = models.CharField(_("file"), max_length=150)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("bytes"))
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.filename

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")
