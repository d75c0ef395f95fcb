"""What a route answers with: a rendered page, a fragment or a redirection, in the visitor's language and theme."""

import secrets
from asyncio import wrap_future
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import escape
from starlette.concurrency import run_in_threadpool

from cognoscope.web import csrf
from cognoscope.web.i18n import LANGUAGE_COOKIE, LANGUAGES, language_of, translate
from cognoscope.web.kept_pages import KeptPage
from cognoscope.web.security import Visitor, visitor
from cognoscope.web.services import Services
from cognoscope.web.session import Person
from cognoscope.web.shown import mark_shown
from cognoscope.web.stencil import Stencil, hole
from cognoscope.web.templating import environment

THEME_COOKIE = "cognoscope_theme"
NOTICE_COOKIE = "cognoscope_notice"
THEMES = ("auto", "light", "dark")
_A_YEAR = 365 * 24 * 60 * 60
_NOTICE_SECONDS = 60


@dataclass(frozen=True)
class Drawing:
    """What a page that may be kept is rendered from; `subject` is whom or what a look at it is about."""

    template: str
    context: Mapping[str, object]
    subject: str = ""


@dataclass
class Page:
    """Renders for one request. `person` is None on public pages; `holes` leaves out what is one person's."""

    request: Request
    visitor: Visitor
    services: Services
    language: str
    theme: str
    holes: bool = False
    _session_id: str | None = field(default=None, init=False)

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        return self.visitor.person

    @property
    def is_fragment(self) -> bool:
        """Whether HTMX asked, to put the answer into a page that is already open."""
        return self.request.headers.get("HX-Request") == "true"

    def translate(self, message: str, **values: object) -> str:
        """A French source string (marked `N_` where it is written) in the page's language."""
        return translate(message, self.language, **values)

    def csrf_token(self) -> str:
        """A token for this page's forms; a visitor without a session gets a name for one first."""
        if self.holes:
            return hole("csrf")
        self._session_id = self.visitor.session_id or self._session_id or secrets.token_urlsafe(32)
        return csrf.make_token(self.services.sessions.key, self._session_id)

    def shown(self, proposal: str) -> str:
        """A token saying that this person is shown this proposal now."""
        if self.holes:
            return hole(f"shown:{proposal}")
        assert self.person is not None
        return mark_shown(self.services, self.person, proposal, self.services.clock())

    def address(self, **changes: str) -> str:
        """This page's address with some of its query changed, for the language and theme links."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes]
        query = [*kept, *changes.items()]
        return f"{self.request.url.path}?{urlencode(query)}"

    def text(self, template: str, /, **context: object) -> str:
        """The rendered template; `page`, `person` and `settings` are always in its context."""
        env = environment(self.language, self.services.zone)
        return env.get_template(template).render(
            page=self, person=self.person, settings=self.services.settings, **context
        )

    def render(self, template: str, status_code: int = 200, /, **context: object) -> HTMLResponse:
        """The rendered template as an answer."""
        response = HTMLResponse(self.text(template, notice=self._notice(), **context), status_code)
        self._keep_choices(response)
        if self._session_id and self._session_id != self.visitor.session_id:
            self.services.sessions.set_cookie(self.request, response, self._session_id)
        if NOTICE_COOKIE in self.request.cookies and not self.is_fragment:
            response.delete_cookie(NOTICE_COOKIE)
        return response

    async def kept(self, draw: Callable[["Page"], Drawing], look: str, proposal: str | None = None) -> Response:
        """The page that `draw` describes, made once a minute for all of one role, and the look noted as `look`.

        It is made again when the ledger grows; one about a single proposal, when there is news of its subject.
        `draw` runs in a thread and checks what this role may see; what it raises is raised here. The answer leaves
        once the look is durable.
        """
        assert self.person is not None
        services, person, at = self.services, self.person, self.services.clock()
        if self._is_special:
            drawn = await run_in_threadpool(draw, self)
            await wrap_future(services.access_log.note(person.actor, look, drawn.subject, at))
            return await run_in_threadpool(self.render, drawn.template, 200, **drawn.context)
        common = replace(
            self, holes=True, visitor=replace(self.visitor, person=replace(person, display_name=hole("name")))
        )

        def make() -> KeptPage:
            drawn = draw(common)
            return KeptPage(Stencil(common.text(drawn.template, notice=None, **drawn.context)), drawn.subject)

        scope = self.request.scope
        seen_by = (person.role, person.roles, self.language, self.theme)
        key = (scope["path"], scope["query_string"], *seen_by, int(at.timestamp()) // 60)
        page = await services.pages.get(key, await services.newest_soon(proposal), make)
        noted = services.access_log.note(person.actor, look, page.subject, at)
        response = self._filled(page.stencil)
        await wrap_future(noted)
        return response

    @property
    def _is_special(self) -> bool:
        """Whether the answer holds more than the page: a notice, a choice to remember, or only a part of it."""
        choices = self.request.query_params
        return self.is_fragment or NOTICE_COOKIE in self.request.cookies or "lang" in choices or "theme" in choices

    def _filled(self, stencil: Stencil) -> Response:
        values = {name: self._value(name) for name in stencil.names}
        if "gzip" not in self.request.headers.get("accept-encoding", ""):
            return HTMLResponse(stencil.fill(values), headers={"Vary": "Accept-Encoding"})
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return HTMLResponse(stencil.fill_gzip(values), headers=headers)

    def _value(self, name: str) -> str:
        """What goes into a hole, escaped."""
        kind, _, about = name.partition(":")
        if kind == "csrf":
            return self.csrf_token()
        if kind == "shown":
            return self.shown(about)
        assert kind == "name" and self.person is not None
        return str(escape(self.person.display_name))

    def redirect(self, path: str, notice: str | None = None) -> Response:
        """Go to another page of ours; `notice` is a translated sentence shown there once."""
        response: Response
        if self.is_fragment:
            response = Response(status_code=204, headers={"HX-Redirect": path})
        else:
            response = RedirectResponse(path, status_code=303)
        self._keep_choices(response)
        if notice:
            response.set_cookie(
                NOTICE_COOKIE,
                str(self._notices.dumps(notice)),
                max_age=_NOTICE_SECONDS,
                httponly=True,
                samesite="lax",
                secure=self.request.url.scheme == "https",
            )
        return response

    @property
    def _notices(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.services.sessions.key, salt="notice")

    def _notice(self) -> str | None:
        signed = self.request.cookies.get(NOTICE_COOKIE)
        if signed is None or self.is_fragment:
            return None
        try:
            return str(self._notices.loads(signed, max_age=_NOTICE_SECONDS))
        except BadSignature:
            return None

    def _keep_choices(self, response: Response) -> None:
        """Remember the language or theme chosen in the address."""
        chosen = self.request.query_params
        for key, cookie, known in (("lang", LANGUAGE_COOKIE, LANGUAGES), ("theme", THEME_COOKIE, THEMES)):
            if chosen.get(key) in known:
                response.set_cookie(
                    cookie,
                    chosen[key],
                    max_age=_A_YEAR,
                    httponly=True,
                    samesite="lax",
                    secure=self.request.url.scheme == "https",
                )


def make_page(request: Request, who: Visitor) -> Page:
    """The page for a request."""
    services: Services = request.app.state.services
    themes = (request.query_params.get("theme"), request.cookies.get(THEME_COOKIE))
    return Page(
        request=request,
        visitor=who,
        services=services,
        language=language_of(request, services.settings.language),
        theme=next((theme for theme in themes if theme in THEMES), "auto"),
    )


async def _page(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Page:
    return make_page(request, who)


CurrentPage = Annotated[Page, Depends(_page)]
"""Write `page: CurrentPage` in a route's parameters."""
