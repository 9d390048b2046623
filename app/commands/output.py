"""What commands share: how they print for programs, and the name under which they stand in the audit log."""

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
COMMAND_LINE = "命令行"
