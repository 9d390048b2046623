"""``/desk/identity``: to the OIDC provider and back, to sign in or to link one's account to it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Cookie, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk import audit
from desk import staff as accounts
from desk.door import TEMPLATES, WRONG_FORM, Door, browser_of, remember, same_site
from desk.entrance import Entrance
from desk.identity import Flow, IdentityProvider, IdentityRefused
from desk.staff import Staff, StaffRefused
from store.database import Database

SeeOther = HTTPStatus.SEE_OTHER
FLOW_COOKIE = "shuiwen_identity"
FLOW_PATH = "/desk/identity"
FLOW_LIFE_S = 600
LINKING = "link."


def routes(  # noqa: C901 - one short function a route
    database: Database, entrance: Entrance, provider: IdentityProvider, now: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix=FLOW_PATH, include_in_schema=False, dependencies=[Depends(same_site)])
    door = Door(database, now)
    SignedIn = Annotated[Staff, Depends(door.signed_in)]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(door.acting())]  # noqa: N806 - a type

    @router.get("")
    async def sign_in(request: Request) -> Response:
        return await leave(request, "")

    @router.get("/link")
    async def link(request: Request, staff: SignedIn) -> Response:  # noqa: ARG001
        """A link of our own page, not a form: the content policy lets no form lead to another site."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise WRONG_FORM
        return await leave(request, LINKING)

    @router.get("/back")
    async def back(
        request: Request, state: str = "", code: str = "", shuiwen_identity: Annotated[str, Cookie()] = ""
    ) -> Response:
        linking = shuiwen_identity.startswith(LINKING)
        try:
            flow = Flow.parse(shuiwen_identity.removeprefix(LINKING))
            identity = await provider.finish(flow, state, code, str(request.url_for("back")))
        except IdentityRefused as refused:
            return arrived(
                TEMPLATES.TemplateResponse(request, "refused.html", {"refused": str(refused)}, 401)
            )
        if linking:
            cookie = request.cookies.get("shuiwen_staff", "")
            return arrived(await to_thread.run_sync(linked, request, cookie, identity))
        return arrived(await to_thread.run_sync(signed_in, request, identity))

    @router.post("/unlink")
    def unlink(staff: Acting) -> RedirectResponse:
        with database.writing() as session:
            accounts.load(session, staff.id).identity = None
            audit.record(session, now(), staff.name, "identity_unlinked", staff.name)
        return RedirectResponse("/desk/account?said=unlinked", SeeOther)

    async def leave(request: Request, why: str) -> Response:
        try:
            address, flow = await provider.begin(str(request.url_for("back")))
        except IdentityRefused as refused:
            return TEMPLATES.TemplateResponse(request, "refused.html", {"refused": str(refused)}, 503)
        response = RedirectResponse(address, SeeOther)
        response.set_cookie(
            FLOW_COOKIE, f"{why}{flow}", FLOW_LIFE_S, path=FLOW_PATH,
            httponly=True, samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    def signed_in(request: Request, identity: str) -> Response:
        token = entrance.by_identity(identity, browser_of(request))
        response = RedirectResponse(door.home(token), SeeOther)
        remember(response, request, token)
        return response

    def linked(request: Request, cookie: str, identity: str) -> Response:
        staff = door.signed_in(cookie)
        try:
            with database.writing() as session:
                accounts.link_identity(session, accounts.load(session, staff.id), identity)
                audit.record(session, now(), staff.name, "identity_linked", staff.name)
        except StaffRefused as refused:
            return TEMPLATES.TemplateResponse(request, "refused.html", {"refused": str(refused)}, 409)
        return RedirectResponse("/desk/account?said=linked", SeeOther)

    def arrived(response: Response) -> Response:
        response.delete_cookie(FLOW_COOKIE, path=FLOW_PATH)
        return response

    return router
