"""End this process when the one that started it has gone."""

import os
import threading
import time

INTERVAL_SECONDS = 0.5


def watch() -> None:
    """Watch the parent from now on, in a thread that ends with the process.

    By polling and not by `PR_SET_PDEATHSIG`: that signal comes when the *thread* that started
    the child ends, which in an application with a thread pool may be any time.
    """
    threading.Thread(target=exit_without, args=(os.getppid(),), daemon=True).start()


def exit_without(parent: int) -> None:
    """Return never: leave the process as soon as it has been given another parent."""
    while os.getppid() == parent:
        time.sleep(INTERVAL_SECONDS)
    os._exit(0)
