"""Content files: YAML in, records out; a wrong file is told by line, field and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.entries import Entry, Knowledge, Policy, Record
from knowledge.golden import Golden

FOLDERS = ("policies", "entries", "golden")


class PolicyFile(Record):
    subject: str
    policies: tuple[Policy, ...]


class EntryFile(Record):
    subject: str
    entries: tuple[Entry, ...]


_MODELS: dict[str, type[Record]] = {"policies": PolicyFile, "entries": EntryFile, "golden": Golden}


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


@dataclass(frozen=True)
class Source:
    """Where a record stands: its file and the YAML node of the whole file."""

    file: str
    root: yaml.Node

    def finding(self, path: Sequence[int | str], reason: str) -> Finding:
        return Finding(self.file, line_of(self.root, path), ".".join(map(str, path)), reason)


@dataclass(frozen=True)
class Content:
    """All content files of a folder, with the place of each record for later findings."""

    knowledge: Knowledge
    golden_files: tuple[tuple[Source, Golden], ...]
    places: dict[str, tuple[Source, tuple[int | str, ...]]]

    @cached_property
    def golden(self) -> Golden:
        parts = [golden for _, golden in self.golden_files]
        return Golden(
            questions=tuple(item for part in parts for item in part.questions),
            as_of=tuple(item for part in parts for item in part.as_of),
            negatives=tuple(item for part in parts for item in part.negatives),
        )

    def finding(self, record: str, field: Sequence[int | str], reason: str) -> Finding:
        """A finding about ``record``: ``entry:ID`` or ``policy:ID``."""
        source, path = self.places[record]
        return source.finding((*path, *field), reason)


def read_content(root: Path, subject: str | None = None) -> Content:
    """All policies, entries and golden questions below ``root``. Raises `WrongContent`.

    With a ``subject``, entries and golden questions are read from the files of that name only.
    """
    findings: list[Finding] = []
    places: dict[str, tuple[Source, tuple[int | str, ...]]] = {}
    policies: list[Policy] = []
    entries: list[Entry] = []
    golden: list[tuple[Source, Golden]] = []
    for path in _yaml_files(root, subject):
        source, loaded = _load(path, root, findings)
        if isinstance(loaded, PolicyFile):
            policies += loaded.policies
            _remember(places, findings, source, "policies", loaded.policies)
        elif isinstance(loaded, EntryFile):
            entries += loaded.entries
            _remember(places, findings, source, "entries", loaded.entries)
        elif isinstance(loaded, Golden):
            golden.append((source, loaded))
    if findings:
        raise WrongContent(findings)
    knowledge = Knowledge(policies=tuple(policies), entries=tuple(entries))
    return Content(knowledge, tuple(golden), places)


def line_of(root: yaml.Node, path: Iterable[int | str]) -> int:
    """The 1-based line of the node at ``path``; of its nearest parent where the path ends early."""
    node = root
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1


def _yaml_files(root: Path, subject: str | None) -> Iterator[Path]:
    for folder in FOLDERS:
        every = folder == "policies" or subject is None
        yield from sorted((root / folder).glob("*.yml" if every else f"{subject}.yml"))


def _load(path: Path, root: Path, findings: list[Finding]) -> tuple[Source, Record | None]:
    name = str(path.relative_to(root))
    model = _MODELS[path.parent.name]
    text = path.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader) or yaml.ScalarNode("", "")
        data: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        findings.append(Finding(name, line, "", f"not YAML: {error.problem}"))
        return Source(name, yaml.ScalarNode("", "")), None
    source = Source(name, node)
    try:
        return source, model.model_validate(data)
    except ValidationError as error:
        findings += [source.finding(issue["loc"], issue["msg"]) for issue in error.errors()]
        return source, None


def _remember(
    places: dict[str, tuple[Source, tuple[int | str, ...]]],
    findings: list[Finding],
    source: Source,
    list_name: str,
    records: Sequence[Policy | Entry],
) -> None:
    for index, record in enumerate(records):
        kind = "policy" if isinstance(record, Policy) else "entry"
        key = f"{kind}:{record.id}"
        if key in places:
            findings.append(source.finding((list_name, index, "id"), f"{kind} {record.id} exists already"))
        places[key] = (source, (list_name, index))


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value  # type: ignore[no-any-return]
    return None
