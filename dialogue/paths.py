"""Where Rasa's files lie, from the repository root."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "domain.yml"
TRAINING_DATA = tuple(p for p in (ROOT / "data" / name for name in ("nlu", "rules", "stories")) if p.is_dir())
KNOWLEDGE = ROOT / "knowledge" / "content" / "entries"
ENDPOINTS = ROOT / "endpoints.yml"
CREDENTIALS = ROOT / "credentials.yml"
MODELS = ROOT / "models"
TESTS = ROOT / "tests" / "dialogue"
MODEL_NAME = "shuiwen"
