"""YAML files as nodes with a place: what cannot be read is told by line, and so is every field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

Steps = tuple[int | str, ...]

_BREAK = re.compile(r"\r\n?|\n")
_RESOLVED = ("bool", "null", "merge")


class Unreadable(Exception):
    """A file that is no YAML of ours: the 1-based line and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


class _Loader(yaml.CSafeLoader):
    """Leaves dates and numbers as they are typed: the records read them, and can tell which is wrong."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag.rpartition(":")[2] in _RESOLVED]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def read(path: Path) -> tuple[yaml.Node, Any]:
    """The nodes of the one document in a file, and its plain data. Raises `Unreadable`."""
    try:
        loader = _Loader(_text(path))
        root = loader.get_single_node()
        data = root and loader.construct_document(root)
        if root is None or data is None:
            raise Unreadable(1, "the file is empty")
        return root, data
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(line, f"not YAML: {error.problem}") from error
    except RecursionError as error:
        raise Unreadable(1, "not YAML: nested too deeply") from error


def line_of(root: yaml.Node, path: Iterable[int | str]) -> int:
    """The 1-based line of the node at ``path``; of its nearest parent where the path ends early."""
    node = root
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1


def keys_twice(root: yaml.Node) -> Iterator[tuple[Steps, int]]:
    """Each key that stands again in its mapping: its path, and the 1-based line where it does."""
    seen: set[int] = set()
    waiting: list[tuple[Steps, yaml.Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                yield from _again(path, node)
            waiting += [((*path, step), child) for step, child in _children(node)]


def _again(path: Steps, node: yaml.MappingNode) -> Iterator[tuple[Steps, int]]:
    known: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if name in known:
            yield (*path, name), int(key.start_mark.line) + 1
        known.add(name)


def _children(node: yaml.Node) -> Iterator[tuple[int | str, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
    elif isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    return next((child for name, child in _children(node) if name == step), None)


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("latin-1")
        raise Unreadable(_lines(before), f"not UTF-8: the byte 0x{error.object[error.start]:02x}") from error
    except OSError as error:
        raise Unreadable(1, f"cannot be read: {error.strerror}") from error
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        raise Unreadable(_lines(text[: strange.start()]), f"a control character: {strange.group()!a}")
    return text


def _lines(before: str) -> int:
    return len(_BREAK.findall(before)) + 1
