"""The sentences of refused files: what is wrong and what to do."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

_SENTENCES: dict[str, Callable[[], str]] = {
    "empty": lambda: _("The file is empty. Choose the right file."),
    "too_large": lambda: _("The file is larger than %(limit)s MB. Split it or remove its pictures."),
    "password": lambda: _("The file is protected by a password. Open it in Excel, remove the password and save it again."),
    "legacy_xls": lambda: _("This is an old .xls workbook. Open it in Excel and save it as .xlsx."),
    "xlsb": lambda: _("This is a binary .xlsb workbook. Open it in Excel and save it as .xlsx."),
    "ods": lambda: _("This is an OpenDocument file. Open it and save it as .xlsx."),
    "web_page": lambda: _("This is a web page or XML file under another name. Open it in Excel and save it as .xlsx."),
    "program": lambda: _("This is a program, not a workbook. It was not opened. Choose an .xlsx or .csv file."),
    "archive": lambda: _("This is a packed archive. Unpack it and choose the .xlsx or .csv file inside."),
    "not_workbook": lambda: _("This is not a workbook. Choose an .xlsx or .csv file."),
    "damaged": lambda: _("The file is damaged or cut off. Open it in Excel, save it again, or ask for it to be sent again."),
    "bomb": lambda: _("Unpacked, the file would be larger than %(limit)s MB. It was not opened. Copy the data into a new workbook."),
    "too_many_members": lambda: _("The file has more than %(limit)s parts inside. Copy the data into a new workbook."),
    "nested": lambda: _("The file has another packed file inside (%(name)s). Remove it and save the workbook again."),
    "entities": lambda: _("The file declares XML entities, which Excel never does. It was not opened. Copy the data into a new workbook."),
    "encoding": lambda: _("The file's text encoding cannot be read. Save it as .xlsx, or as CSV UTF-8."),
    "no_sheet": lambda: _("The workbook has no sheet with cells."),
    "too_many_sheets": lambda: _("The workbook has %(found)s sheets, more than %(limit)s. Split it."),
    "too_many_rows": lambda: _(
        "A sheet has values down to row %(found)s; at most %(limit)s rows are read. Delete what is below the table, or split the file."
    ),
    "too_many_columns": lambda: _(
        "A sheet has values as far as column %(found)s; at most %(limit)s columns are read. Delete what is right of the table."
    ),
    "too_many_cells": lambda: _("The workbook has more than %(limit)s cells. Split it."),
    "memory": lambda: _("Reading the file needs more memory than a workbook may take. Split it."),
    "slow": lambda: _("Reading the file took too long and was stopped. Split it, or copy the data into a new workbook."),
    "crashed": lambda: _("The file could not be read and was closed. Open it in Excel and save it again as .xlsx."),
}


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """Return the translated sentence of a refusal code with its figures."""
    text = _SENTENCES.get(code, _SENTENCES["crashed"])()
    return text % {"limit": "", "found": "", "name": "", **params}
