"""Train the dialogue: `python -m dialogue.train [--force]`. Skips when nothing has changed."""

import argparse
import contextlib
import hashlib
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dialogue import paths, quiet

MODEL = paths.MODELS / f"{paths.MODEL_NAME}.tar.gz"
FINGERPRINT = paths.MODELS / f"{paths.MODEL_NAME}.fingerprint"
CODE = ("classifier.py", "intents.py", "requirements.lock")


class TrainingFailed(Exception):
    """Rasa gave no model."""


def sources() -> Iterator[Path]:
    """Yield every file that a model depends on."""
    yield from (paths.CONFIG, paths.DOMAIN)
    yield from (paths.ROOT / "dialogue" / name for name in CODE)
    yield from sorted(path for folder in paths.TRAINING_DATA for path in folder.rglob("*.yml"))


def fingerprint() -> str:
    """Return a digest of the names and contents of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(paths.ROOT)}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(wanted: str) -> bool:
    """Tell whether the stored model was trained from these very sources."""
    return MODEL.exists() and FINGERPRINT.exists() and FINGERPRINT.read_text() == wanted


def train(wanted: str) -> None:
    """Train beside the old model and swap: a failed training leaves the old one in place."""
    paths.MODELS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.MODELS, prefix=".training-") as folder:
        os.replace(quietly(build, folder), MODEL)
    FINGERPRINT.write_text(wanted)


def build(folder: str) -> str:
    """Return the path of a model that Rasa has trained into the folder."""
    from rasa.model_training import train as rasa_train

    result = rasa_train(
        str(paths.DOMAIN),
        str(paths.CONFIG),
        [str(data) for data in paths.TRAINING_DATA],
        output=folder,
        force_training=True,
        fixed_model_name=paths.MODEL_NAME,
    )
    if result.code or not result.model:
        raise TrainingFailed(f"Rasa ended the training with code {result.code}.")
    return result.model


def quietly(work: Callable[[str], str], folder: str) -> str:
    """Do the work and print what Rasa has to say only if it fails."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            return work(folder)
    except BaseException:
        print(said.getvalue(), file=sys.stderr)
        raise


def ensure(force: bool = False) -> None:
    """Train unless the stored model is current, and say what was done."""
    wanted = fingerprint()
    if not force and is_current(wanted):
        print(f"{MODEL.relative_to(paths.ROOT)} is current: nothing to train.")
        return
    print("Training the dialogue (about 10 s) …", flush=True)
    started = time.monotonic()
    train(wanted)
    print(f"Trained {MODEL.relative_to(paths.ROOT)} in {time.monotonic() - started:.1f} s.")


def main() -> None:
    """Train, or end with one sentence that says why not."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    given = parser.parse_args()
    quiet.set_up()
    quiet.set_up_structlog()
    try:
        ensure(given.force)
    except (Exception, SystemExit) as error:
        print(f"Training failed: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
