"""The wrong rows of a job as a workbook: the cells as they stand in the file, and beside them what is wrong."""

from typing import Any

from django.utils.translation import gettext as _

from planning_site.workbooks.models import ImportJob
from planning_site.workbooks.writing import Column, SheetContent, workbook


def workbook_of(job: ImportJob) -> bytes:
    """Return an .xlsx with one sheet per sheet that has wrong rows, or one sheet that says there are none."""
    sheets = [_content(sheet) for sheet in job.result["sheets"] if sheet["wrong"]]
    return workbook(sheets or [SheetContent(_("No row is wrong."), [Column(job.filename, 40)], [])])


def _content(sheet: dict[str, Any]) -> SheetContent:
    """Return one sheet's wrong rows."""
    heads = [cell for cell in sheet["cells"] if cell["meaning"]]
    columns = [Column(_("Row"), 6, "int"), *(Column(cell["text"], 12) for cell in heads), Column(_("What is wrong"), 60)]
    rows = []
    for row in sheet["wrong"]:
        reasons = "\n".join(f"{item['column']}{item['row']} = {item['value']}: {item['reason']}" for item in row["wrong"])
        texts = [row["cells"].get(cell["meaning"], {}).get("text", "") for cell in heads]
        rows.append([row["row"], *texts, reasons])
    return SheetContent(sheet["sheet"], columns, rows, name=sheet["sheet"])
