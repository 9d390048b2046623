"""Silence what is of no use to an operator. Import it before Rasa."""

import logging
import os
import warnings

SETTINGS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "RASA_MAX_CACHE_SIZE": "0",
    "TQDM_DISABLE": "1",
}


def set_up() -> None:
    """Switch off telemetry and the noise of libraries, and log warnings only."""
    os.environ.update(SETTINGS)
    import sanic  # noqa: F401 - switches warnings of deprecation on when it is imported

    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def set_up_structlog() -> None:
    """Keep Rasa's structured debug lines, which hold what users wrote, from being built at all."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
