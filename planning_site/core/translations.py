"""Message catalogues without the gettext programs: texts are collected, kept, checked and compiled with Babel.

Each app has its own catalogue, which also holds the texts of templates/<app>/; all the rest belongs to planning_site/locale.
Source texts are English, so only Chinese has a catalogue.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("orders", "procurement", "quality", "scheduling")
HOUSE = "planning_site"
NAMES = (*APPS, HOUSE)
LOCALE = "zh_Hans"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
HEADER = r"""msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)\}|(%[sdrif])")

Text = str | tuple[str, str]
Key = tuple[str, str | None]


@dataclass(frozen=True)
class Source:
    """One text of one file. A text with a plural is a pair."""

    text: Text
    context: str | None
    file: str

    @property
    def key(self) -> Key:
        return first_form(self.text), self.context


def first_form(text: Iterable[str] | str) -> str:
    """The text itself, or the first of its plural forms."""
    return text if isinstance(text, str) else next(iter(text))


def path_of(name: str) -> Path:
    """Where the catalogue of an app lies."""
    return Path(settings.BASE_DIR, name, "locale", LOCALE, "LC_MESSAGES", "django.po")


def files_of(name: str) -> Iterator[Path]:
    """The files whose texts a catalogue holds, in a stable order."""
    root = Path(settings.BASE_DIR)
    templates = root / "templates"
    python = sorted((root / name).rglob("*.py"))
    if name == HOUSE:
        pages = sorted(path for path in templates.rglob("*") if path.relative_to(templates).parts[0] not in APPS)
    else:
        pages = sorted((templates / name).rglob("*"))
    yield from (path for path in python if "migrations" not in path.parts)
    yield from (path for path in pages if path.suffix in (".html", ".txt"))


def texts_of(path: Path) -> Iterator[Source]:
    """Every marked text of a Python file or a template."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # in brackets, so that the indentation of a template does not count
        source = f"({templatize(source, origin=str(path))}\n)"
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    file = path.relative_to(settings.BASE_DIR).as_posix()
    for _line, text, _comments, context in found:
        yield Source(text if isinstance(text, str) else (text[0], text[1]), context, file)


def template_of(name: str) -> Catalog:
    """What the sources say now, without translations."""
    catalogue = Catalog(locale=LOCALE)
    for path in files_of(name):
        for source in texts_of(path):
            catalogue.add(source.text, locations=[(source.file, 0)], context=source.context)
    return catalogue


def read(name: str) -> Catalog:
    """The catalogue as it lies there; an empty one if there is none yet."""
    path = path_of(name)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def messages_of(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalogue if message.id)


def words_of(message: Message) -> str:
    """The translation; Chinese has one form for every number. Empty if there is none."""
    return first_form(message.string) if message.string else ""


def is_translated(message: Message) -> bool:
    return bool(words_of(message))


def update(name: str, others: Iterable[Catalog] = ()) -> int:
    """Write the catalogue anew: new texts come in, texts that are gone go, translations stay. Returns how many are not translated.

    A new text that another catalogue translates takes its words from there.
    """
    old = read(name)
    fresh = template_of(name)
    for message in messages_of(fresh):
        key = first_form(message.id)
        known = old.get(key, message.context)
        donors = (found for other in others if (found := other.get(key, message.context)) and is_translated(found))
        donor = known if known is not None and is_translated(known) else next(donors, None)
        if donor is not None:
            words = words_of(donor)
            message.string = (words,) if message.pluralizable else words
            message.flags |= donor.flags & {"fuzzy"}
        message.auto_comments, message.user_comments = [], known.user_comments if known else []
    write(name, fresh)
    return sum(not is_translated(message) for message in messages_of(fresh))


def write(name: str, catalogue: Catalog) -> None:
    """Write a catalogue in a form that only changes where a text does: sorted, with files but no line numbers or dates."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True)
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = HEADER + buffer.getvalue().decode().strip() + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def compile_catalogue(name: str) -> bool:
    """Write the .mo beside a catalogue if it is older. Returns whether it was written."""
    path = path_of(name)
    compiled = path.with_suffix(".mo")
    if not path.exists() or (compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns):
        return False
    with compiled.open("wb") as file:
        write_mo(file, read(name))
    return True


def placeholders(text: str) -> set[str]:
    """The names that a text has filled in: `%(n)s`, `{n}`, `%s`."""
    return {"".join(match) for match in PLACEHOLDER.findall(text)}


def problems_of(name: str) -> Iterator[str]:
    """What is wrong with a catalogue, one sentence each: missing, fuzzy, unused texts, and placeholders that differ."""
    wanted, kept = template_of(name), read(name)
    for message in messages_of(wanted):
        key = first_form(message.id)
        where = f"{name}: {key!r} ({message.locations[0][0]})"
        translation = kept.get(key, message.context)
        if translation is None or not is_translated(translation):
            yield f"{where} is not translated"
        elif translation.fuzzy:
            yield f"{where} is marked fuzzy"
        elif translation.pluralizable != message.pluralizable:
            yield f"{where} has a plural only on one side"
        elif placeholders(message.id[-1] if message.pluralizable else key) != placeholders(words_of(translation)):
            yield f"{where} and its translation name different placeholders"
    for message in [*messages_of(kept), *kept.obsolete.values()]:
        key = first_form(message.id)
        if wanted.get(key, message.context) is None:
            yield f"{name}: {key!r} stands in no source any more"


def contradictions(names: Iterable[str]) -> Iterator[str]:
    """Texts that two catalogues translate differently: at run time only one of the two would be seen."""
    first: dict[Key, tuple[str, str]] = {}
    for name in names:
        for message in messages_of(read(name)):
            words = words_of(message)
            owner, other = first.setdefault((first_form(message.id), message.context), (name, words))
            if words and other and words != other:
                yield f"{first_form(message.id)!r} is {other!r} in {owner} and {words!r} in {name}: give one of them a context"
