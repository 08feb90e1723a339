"""Fields that several forms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from planning_site.core.departments import Department
from planning_site.core.models import User
from quality.services import Upload

if TYPE_CHECKING:
    AnyFile = UploadedFile[Any]
else:
    AnyFile = UploadedFile

MAX_NOTE = 300


class DayInput(forms.DateInput):
    """A day with the browser's own picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ManyFilesInput(forms.ClearableFileInput):
    """A picker for several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if isinstance(files, MultiValueDict) else files.get(name)


class ManyFilesField(forms.FileField):
    """Several files; their content is judged where they are stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[AnyFile]:
        given = [file for file in (data or []) if file]
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return given


def uploads(files: list[AnyFile]) -> list[Upload]:
    """What services take of uploaded files."""
    return [Upload(file.name or "", file.read()) for file in files]


def upload(file: AnyFile | None) -> Upload | None:
    return uploads([file])[0] if file else None


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person of a list that many fields share, so that it is read once."""

    def __init__(self, choices: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(people(), required=False, **kwargs)
        self.choices = choices


def person_choices() -> list[tuple[Any, Any]]:
    """Everybody active, after nobody."""
    return [("", "–"), *((user.pk, str(user)) for user in people())]


def people(*departments: Department) -> Any:
    """The active people of the departments, by name, for a choice."""
    found = User.objects.filter(is_active=True)
    if departments:
        found = found.filter(groups__name__in=[department.value for department in departments]).distinct()
    return found.order_by("display_name", "username")
