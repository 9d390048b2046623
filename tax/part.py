"""One tax among the several that a sale or a lease brings about. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tax.calculation import Basis, Step


@dataclass(frozen=True)
class Part:
    """What one tax comes to (``due``), the steps before it, the rules it follows and what it takes for granted."""

    due: Step
    before: tuple[Step, ...] = ()
    basis: tuple[Basis, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.before, self.due)


def bases(parts: tuple[Part, ...]) -> tuple[Basis, ...]:
    """The rules of all ``parts``, each once."""
    return tuple(dict.fromkeys(basis for part in parts for basis in part.basis))


def assumptions(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """What all ``parts`` take for granted, each once."""
    return tuple(dict.fromkeys(text for part in parts for text in part.assumptions))


def steps(parts: tuple[Part, ...]) -> tuple[Step, ...]:
    """The steps of all ``parts`` in order."""
    return tuple(step for part in parts for step in part.steps)
