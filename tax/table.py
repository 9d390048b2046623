"""Tables of rates and limits with dates in force, read from ``tax/tables/*.yml``.

A table is a list of versions; each covers tax periods in ``[from, to)`` and names the document it comes from::

    - from: 2023-01-01
      to: 2028-01-01
      basis: {document_no: …, title: …, clause: …}
      values: {limit: 100000, rate: 0.01}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tax.calculation import Basis

FOLDER = Path(__file__).parent / "tables"


class NotInForce(Exception):
    """No version of a table is known for the day asked about; the text says what is known."""


@dataclass(frozen=True)
class Version:
    """The values in force in ``[start, end)``; ``end`` is None where no end is known."""

    start: date
    end: date | None
    basis: tuple[Basis, ...]
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@cache
def table(name: str) -> tuple[Version, ...]:
    """The versions of the table ``name``, oldest first; numbers are `Decimal`."""
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    return tuple(_version(raw) for raw in yaml.load(text, Loader=_DecimalLoader))  # noqa: S506


def at(name: str, day: date, subject: str) -> Version:
    """The version in force on ``day``. Raises `NotInForce` with ``subject`` (what was asked for) in its sentence."""
    versions = table(name)
    found = next((v for v in versions if v.start <= day and (v.end is None or day < v.end)), None)
    if found:
        return found
    last = versions[-1].end
    known = f"{versions[0].start.isoformat()}起" + (f"至{last.isoformat()}（不含）" if last else "")
    raise NotInForce(
        f"{day.isoformat()}的{subject}规定不在资料内（已知：{known}），请另选日期或咨询人工坐席。"
    )


class _DecimalLoader(yaml.SafeLoader):
    """Numbers become `Decimal`, exactly as written."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


for _tag in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:int"):
    _DecimalLoader.add_constructor(_tag, _decimal)


def _version(raw: dict[str, Any]) -> Version:
    start, end = raw["from"], raw.get("to")
    documents = raw["basis"] if isinstance(raw["basis"], list) else [raw["basis"]]
    basis = tuple(
        Basis(d["document_no"], d["title"], d.get("from", start), d.get("to", end), d.get("clause"))
        for d in documents
    )
    return Version(start, end, basis, raw["values"])
