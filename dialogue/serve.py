"""Serve the dialogue: `python -m dialogue.serve --port 5005 --actions http://127.0.0.1:8000/actions`.

Loopback only. The port opens when the model is loaded and one message has been answered.
"""

import argparse
import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from dialogue import parent, paths, quiet

HOST = "127.0.0.1"
WARM_UP_SENDER = "warm-up"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--actions", required=True, metavar="URL", help="where the actions are served")
    parser.add_argument("--model", type=Path, default=paths.MODELS, metavar="DIR")
    return parser.parse_args(given)


def newest_model(place: Path) -> Path:
    """Return the newest model of a folder, or end with a sentence that says how to get one."""
    models = sorted(place.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        stop(f"No model in {place}: run `python -m dialogue.train` first.")
    return models[-1]


def stop(sentence: str) -> NoReturn:
    """End the process with one sentence."""
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(1)


async def load(model: Path) -> Any:
    """Load the agent and answer one message, so that the first user does not pay for it."""
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    from dialogue import fixes

    endpoints = AvailableEndpoints.read_endpoints(str(paths.ENDPOINTS))
    agent = await load_agent(str(model), endpoints=endpoints, loop=asyncio.get_event_loop())
    if not agent.is_ready():
        raise RuntimeError(f"the model {model.name} could not be loaded")
    await warm_up(agent)
    fixes.freeze_garbage()
    return agent


async def warm_up(agent: Any) -> None:
    """Take turns that need no action of the application."""
    from dialogue.turn import Inbound, take

    await take(agent, Inbound(WARM_UP_SENDER, "你好", {"intent": "greet"}, None))
    await take(agent, Inbound(WARM_UP_SENDER, "你好，在吗", {}, None))


def application(model: Path) -> Any:
    """Return the Sanic application: the channel, and a health route that answers once warm."""
    from rasa.core.channels.channel import register
    from rasa.core.run import close_resources, create_http_input_channels
    from sanic import Sanic
    from sanic.response import json

    app = Sanic("shuiwen_dialogue", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    register(create_http_input_channels(None, str(paths.CREDENTIALS)), app, route="/webhooks/")

    async def status(_: Any) -> Any:
        return json({"status": "ready", "model": model.name, "pid": os.getpid()})

    async def start(app: Any, _: Any) -> None:
        app.ctx.agent = await load(model)

    app.add_route(status, "/status")
    app.register_listener(start, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    return app


def reserve(port: int) -> socket.socket:
    """Take the port without listening yet, so that one in use ends the start at once."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
    except OSError as error:
        stop(f"Port {port} of {HOST} cannot be used: {error.strerror}.")
    return taken


def main() -> None:
    """Serve until ended, or until the process that started this one has gone."""
    parent.watch()
    given = arguments()
    model, port = newest_model(given.model), reserve(given.port)
    os.environ["ACTIONS_URL"] = given.actions
    quiet.set_up()
    quiet.set_up_structlog()
    from dialogue import fixes

    fixes.apply()
    try:
        application(model).run(sock=port, access_log=False, debug=False)
    except Exception as error:
        stop(f"The dialogue cannot be served: {error}.")


if __name__ == "__main__":
    main()
