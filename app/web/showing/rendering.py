"""Templates into replies. Undefined names are errors, everything is escaped, answers pass through `markdown`.

A page is `templates/<page>/page.html`, which includes `_fragment.html`; an htmx request gets the fragment alone.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.domain.choices.chosen_lengths import words_in
from app.domain.choices.reasons import REASONS, STRENGTHS
from app.domain.flaws import stops_short
from app.domain.people.signing import way_back
from app.settings import Settings
from app.surroundings.bundled import bundled
from app.web.showing.markdown import Carried, markdown, marked, shown
from app.web.showing.views import Chrome
from app.web.signing_in import form_key, presented_token

STATIC, TEMPLATES = bundled("static"), bundled("templates")
THEMES = ("light", "dark")
MOST_AT_A_GLANCE = 700
"""Characters of one of two answers side by side, each line of its own counted as 40."""


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """The address of a static file with the digest of its bytes, so that a changed file is fetched anew."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def of_ten(share: float) -> str:
    """As in `7 of 10`."""
    return f"{round(10 * share)} of 10"


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def day(moment: datetime) -> str:
    """As in "23 November 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def when(moment: datetime) -> str:
    """As in "23 November 2026, 17:40 UTC"."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def plural(count: int, one: str, many: str = "") -> str:
    """As in "1 choice", "3 choices"; `many` only where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def beginning(text: str, length: int = 420) -> str:
    """The beginning of a text with its lines, several empty ones as one: lists, headings and code stay to be seen."""
    lines = re.sub(r"\n\s*\n", "\n\n", text.strip())
    return lines if len(lines) <= length else lines[: length - 1].rstrip() + "…"


def is_long_to_show(text: str) -> bool:
    """Whether it takes more lines beside another than one reads at a glance (.folded in static/pages.css cuts it there)."""
    return len(text) + 40 * text.count("\n") > MOST_AT_A_GLANCE


def environment() -> Environment:
    """The one template environment; the template tests use it too."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
        auto_reload=False,
    )
    env.globals["asset"] = asset
    env.globals |= {"STRENGTHS": STRENGTHS, "REASONS": REASONS}
    env.filters.update(
        markdown=markdown,
        marked=marked,
        carried=Carried,
        of_ten=of_ten,
        percent=percent,
        day=day,
        when=when,
        plural=plural,
        words=words_in,
        excerpt=excerpt,
        beginning=beginning,
        clock=clock,
    )
    env.tests["cut_short"] = stops_short
    env.tests["long_to_show"] = is_long_to_show
    return env


def clock(seconds: float) -> str:
    """As in "3:07"."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


_templates = environment()


def is_htmx(request: Request) -> bool:
    """Whether a part of a page is wanted; going back in the history wants the whole one."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def chrome(request: Request) -> Chrome:
    """The frame for this request."""
    status = request.app.state.model_status()
    theme = request.cookies.get("theme", "")
    is_operator = getattr(request.state, "role", "") == "operator"
    settings: Settings = request.app.state.settings
    is_signed_in = presented_token(request) is not None
    # Pages that ask for nobody's account do not know by what a browser is signed in.
    is_guest = getattr(request.state, "provider", "?" if is_signed_in else "") == ""
    may_set_up = is_operator or not settings.production
    return Chrome(
        path=request.url.path,
        theme=theme if theme in THEMES else "",
        keys_on=request.cookies.get("keys") != "off",
        signed_in=is_signed_in,
        is_operator=is_operator,
        may_set_up=may_set_up,
        form_key=form_key(request),
        model_ready=status.ready,
        model_small=status.small,
        model_name=status.name,
        model_note=status.note if may_set_up else "",
        models_here=status.here,
        models_hosted=status.hosted,
        providers=tuple((provider.name, provider.title) for provider in settings.providers),
        here=_here(request),
        may_sign_in=is_guest and bool(settings.providers),
        guest_days=settings.guest_days,
    )


def _here(request: Request) -> str:
    """Where somebody who signs in from this page comes back to."""
    if request.method != "GET" or request.url.path.startswith("/sign-in"):
        return "/"
    return way_back(f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path)


def render(template: str, view: object, frame: Chrome) -> str:
    """The text of one template; it sees `view` and `chrome` and nothing else."""
    return _templates.get_template(template).render(view=view, chrome=frame)


def respond(request: Request, page: str, view: object, status_code: int = 200) -> HTMLResponse:
    """The whole page, or for htmx its fragment."""
    part = "_fragment" if is_htmx(request) else "page"
    return HTMLResponse(render(f"{page}/{part}.html", view, chrome(request)), status_code=status_code)


def see_other(path: str) -> Response:
    """303 to a path of ours, after something was stored."""
    return RedirectResponse(path, status_code=303)
