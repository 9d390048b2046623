"""Content files: YAML in, records out, and back; a wrong file is told by line, field and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import yaml
from pydantic import ValidationError

from knowledge.entries import Entry, Knowledge, Policy, Record, Term
from knowledge.golden import Golden, GoldenEntry
from knowledge.yaml_nodes import Unreadable, keys_twice, line_of, read

FOLDERS = ("policies", "entries", "glossary", "golden")
WITH_SUBJECT = ("policies", "entries")
WHOLE = ("policies", "glossary")  # read in full even where one subject is asked for
NEW = "new"


class PolicyFile(Record):
    subject: str
    policies: tuple[Policy, ...]


class EntryFile(Record):
    subject: str
    entries: tuple[Entry, ...]


class Glossary(Record):
    terms: tuple[Term, ...]


Held = PolicyFile | EntryFile | Glossary | Golden

MODELS: dict[str, type[Held]] = {
    "policies": PolicyFile,
    "entries": EntryFile,
    "glossary": Glossary,
    "golden": Golden,
}


@dataclass(frozen=True)
class ContentFile:
    """One content file: its folder, its name without the suffix, and what it holds."""

    folder: str
    name: str
    held: Held

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}.yml"

    @property
    def rank(self) -> tuple[int, str]:
        """Where the file stands among the others; content is read in this order."""
        return FOLDERS.index(self.folder), self.path


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the content: where, which field, why."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class WrongContent(Exception):
    """Content files that cannot be read; its text lists every finding."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


class Origin(Protocol):
    """Where records came from, and how to point at a field of one."""

    @property
    def file(self) -> str: ...

    def finding(self, path: Sequence[int | str], reason: str) -> Finding: ...


@dataclass(frozen=True)
class Source:
    """Where a record stands: its file and the YAML node of the whole file."""

    file: str
    root: yaml.Node

    def finding(self, path: Sequence[int | str], reason: str) -> Finding:
        return Finding(self.file, line_of(self.root, path), ".".join(map(str, path)), reason)


@dataclass(frozen=True)
class Content:
    """All content files of a folder, with the place of each record for later findings.

    ``part`` is the folder and the one subject that was asked for; None where this is everything.
    """

    knowledge: Knowledge
    golden_files: tuple[tuple[Origin, Golden], ...]
    places: dict[str, tuple[Origin, tuple[int | str, ...]]]
    files: tuple[ContentFile, ...] = ()
    part: tuple[Path, str] | None = None

    @cached_property
    def golden(self) -> Golden:
        parts = [golden for _, golden in self.golden_files]
        return Golden(
            questions=tuple(item for part in parts for item in part.questions),
            as_of=tuple(item for part in parts for item in part.as_of),
            negatives=tuple(item for part in parts for item in part.negatives),
        )

    def finding(self, record: str, field: Sequence[int | str], reason: str) -> Finding:
        """A finding about ``record``: ``entry:ID``, ``policy:ID`` or ``term:TERM``."""
        source, path = self.places[record]
        return source.finding((*path, *field), reason)


def read_content(root: Path, subject: str | None = None) -> Content:
    """All policies, entries, terms and golden questions below ``root``. Raises `WrongContent`.

    With a ``subject``, entries and golden questions are read from the files of that name only, of which
    there must be one.
    """
    paths = list(_yaml_files(root, subject))
    if subject is not None and not any(path.stem == subject for path in paths):
        raise WrongContent([_no_subject(root, subject)])
    findings: list[Finding] = []
    loaded = [_load(path, root, findings) for path in paths]
    content = gather([(source, file) for source, file in loaded if file], findings)
    return content if subject is None else replace(content, part=(root, subject))


def read_around(content: Content) -> Content:
    """Everything around a part: what the part refers to. Raises `WrongContent`, told of the part's file."""
    if content.part is None:
        return content
    root, subject = content.part
    try:
        return read_content(root)
    except WrongContent as error:
        place = next(file.path for file in content.files if file.name == subject)
        raise WrongContent(
            [Finding(place, 1, "", f"cannot be checked before {found}") for found in error.findings]
        ) from error


def gather(loaded: Iterable[tuple[Origin, ContentFile]], findings: Sequence[Finding] = ()) -> Content:
    """One content of many files. Raises `WrongContent`: for ``findings`` and for records that stand twice."""
    wrong = list(findings)
    places: dict[str, tuple[Origin, tuple[int | str, ...]]] = {}
    policies: list[Policy] = []
    entries: list[Entry] = []
    terms: list[Term] = []
    golden: list[tuple[Origin, Golden]] = []
    files: list[ContentFile] = []
    for source, file in loaded:
        files.append(file)
        if isinstance(file.held, PolicyFile):
            policies += file.held.policies
            _remember(places, wrong, source, "policies", file.held.policies)
        elif isinstance(file.held, EntryFile):
            entries += file.held.entries
            _remember(places, wrong, source, "entries", file.held.entries)
        elif isinstance(file.held, Glossary):
            terms += file.held.terms
            _remember(places, wrong, source, "terms", file.held.terms)
        else:
            golden.append((source, file.held))
    if wrong:
        raise WrongContent(wrong)
    knowledge = Knowledge(policies=tuple(policies), entries=tuple(entries), terms=tuple(terms))
    return Content(knowledge, tuple(golden), places, tuple(files))


def write_content(root: Path, files: Iterable[ContentFile]) -> None:
    """Write ``files`` below ``root`` as `read_content` reads them."""
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_as_yaml(file.held), encoding="utf-8")


def shelved(knowledge: Knowledge, golden: Golden, like: Iterable[ContentFile]) -> tuple[ContentFile, ...]:
    """Records as files: each where ``like`` has it; a new one in a file named ``new``."""
    kept = tuple(like)
    home = {(field, _name(record)): file.name for file in kept for field, record in _records(file.held)}
    subjects = {
        file.path: file.held.subject for file in kept if isinstance(file.held, PolicyFile | EntryFile)
    }
    whole: tuple[Held, ...] = (
        PolicyFile(subject="", policies=knowledge.policies),
        EntryFile(subject="", entries=knowledge.entries),
        Glossary(terms=knowledge.terms),
        golden,
    )
    shelf: dict[tuple[str, str], dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for folder, held in zip(FOLDERS, whole, strict=True):
        for field, record in _records(held):
            shelf[folder, home.get((field, _name(record)), NEW)][field].append(record)
    files = [_file(folder, name, records, subjects) for (folder, name), records in shelf.items()]
    return tuple(sorted(files, key=lambda file: file.rank))


def _yaml_files(root: Path, subject: str | None) -> Iterator[Path]:
    for folder in FOLDERS:
        every = folder in WHOLE or subject is None
        yield from sorted((root / folder).glob("*.yml" if every else f"{subject}.yml"))


def _no_subject(root: Path, subject: str) -> Finding:
    known = sorted({path.stem for path in _yaml_files(root, None)})
    return Finding(f"entries/{subject}.yml", 1, "", f"no file has this name; there are {', '.join(known)}")


def _load(path: Path, root: Path, findings: list[Finding]) -> tuple[Origin, ContentFile | None]:
    source = Source(str(path.relative_to(root)), yaml.ScalarNode("", ""))
    try:
        node, data = read(path)
        source = Source(source.file, node)
        findings += [_twice(source.file, field, line) for field, line in keys_twice(node)]
        held = MODELS[path.parent.name].model_validate(data)
        return source, ContentFile(path.parent.name, path.stem, held)
    except Unreadable as error:
        findings.append(Finding(source.file, error.line, "", error.reason))
    except ValidationError as error:
        findings += [source.finding(issue["loc"], issue["msg"]) for issue in error.errors()]
    return source, None


def _twice(file: str, field: Sequence[int | str], line: int) -> Finding:
    return Finding(file, line, ".".join(map(str, field)), "stands here twice")


def _remember(
    places: dict[str, tuple[Origin, tuple[int | str, ...]]],
    findings: list[Finding],
    source: Origin,
    list_name: str,
    records: Sequence[Policy | Entry | Term],
) -> None:
    for index, record in enumerate(records):
        kind, name = type(record).__name__.lower(), _name(record)
        key = f"{kind}:{name}"
        if key in places:
            field = "term" if isinstance(record, Term) else "id"
            findings.append(source.finding((list_name, index, field), f"{kind} {name} exists already"))
        places[key] = (source, (list_name, index))


def _as_yaml(held: Held) -> str:
    data = held.model_dump(by_alias=True, exclude_defaults=True)
    return yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=4096)


def _file(
    folder: str, name: str, records: Mapping[str, Sequence[Record]], subjects: Mapping[str, str]
) -> ContentFile:
    subject = {"subject": subjects.get(f"{folder}/{name}.yml", name)} if folder in WITH_SUBJECT else {}
    return ContentFile(folder, name, MODELS[folder].model_validate(subject | dict(records)))


def _records(held: Held) -> Iterator[tuple[str, Record]]:
    for field, value in held:
        if isinstance(value, tuple):
            yield from ((field, record) for record in value)


def _name(record: Record) -> str:
    """What a record is known by among those of its kind."""
    if isinstance(record, Policy | Entry):
        return record.id
    if isinstance(record, Term):
        return record.term
    return record.entry if isinstance(record, GoldenEntry) else str(getattr(record, "text", ""))
