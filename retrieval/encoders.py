"""The encoders of this machine: the built-in one and those that were taken in, and which of them publishes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from retrieval.encode import BUILT_IN, OnnxEncoder

CHOICE = "chosen"
DIGEST_KEPT = 16


class Encoders:
    """A folder of encoders, each in a folder named after its digest, and a file that names the chosen one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where to look for the encoder of a release."""
        taken_in = (
            path for path in self._folder.glob("*") if path.is_dir() and not path.name.startswith(".")
        )
        return (BUILT_IN, *sorted(taken_in))

    @property
    def chosen(self) -> OnnxEncoder:
        """The encoder that the next release is built with. Raises `retrieval.encode.WrongEncoder`."""
        choice = self._folder / CHOICE
        name = choice.read_text(encoding="utf-8").strip() if choice.exists() else ""
        return OnnxEncoder(self._folder / name if name else BUILT_IN)

    def take_in(self, write: Callable[[Path], object]) -> OnnxEncoder:
        """The encoder that ``write`` puts into a folder; kept only where it can be used, and not yet chosen.

        Raises what ``write`` raises and `retrieval.encode.WrongEncoder`; nothing is left behind then.
        """
        draft = self._folder / ".draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            write(draft)
            name = OnnxEncoder(draft).digest[:DIGEST_KEPT]
            if not (self._folder / name).exists():
                draft.rename(self._folder / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return OnnxEncoder(self._folder / name)

    def choose(self, encoder: OnnxEncoder) -> None:
        """Publish with ``encoder`` from now on."""
        built_in = encoder.folder == BUILT_IN
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / ".chosen"
        draft.write_text("" if built_in else encoder.folder.name, encoding="utf-8")
        draft.replace(self._folder / CHOICE)
