"""``/widget.js``: the parts of the widget's script and its style sheet as one file, joined at the start."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response

SOURCE = Path(__file__).parent / "script"
PARTS = (
    "words", "store", "keep", "patience", "api", "stream", "outbox", "make", "cards", "message", "announce", "voice",
    "suggest", "rating", "leave", "paper", "files", "standing", "presence", "board", "frame", "element",
)  # fmt: skip
FRESH_S = 300


@cache
def script() -> str:
    """The whole widget as one classic script; nothing of it is visible to the page but the element."""
    style = json.dumps((SOURCE / "widget.css").read_text(encoding="utf-8"), ensure_ascii=False)
    parts = [(SOURCE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS]
    return "\n".join(
        (
            "// 税问 chat widget. Apache-2.0.",
            '(() => {\n"use strict";',
            f"const STYLE = {style};",
            *parts,
            "})();\n",
        )
    )


@cache
def compressed() -> bytes:
    return gzip.compress(script().encode(), 9, mtime=0)


def routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    tag = f'"{hashlib.sha256(script().encode()).hexdigest()[:24]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={FRESH_S}",
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    @router.get("/widget.js")
    def widget(
        accept_encoding: Annotated[str, Header()] = "", if_none_match: Annotated[str, Header()] = ""
    ) -> Response:
        if if_none_match == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in accept_encoding:
            return Response(script(), media_type="text/javascript", headers=headers)
        return Response(
            compressed(), media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"}
        )

    return router
