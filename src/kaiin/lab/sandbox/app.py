"""The sandbox provider as a WSGI application."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from kaiin.lab.sandbox import events, sending, texts
from kaiin.lab.sandbox.api import api, run_late_calls
from kaiin.lab.sandbox.controls import controls
from kaiin.lab.sandbox.events import Post
from kaiin.lab.sandbox.pages import message_page, pages
from kaiin.lab.sandbox.service import Service
from kaiin.lab.sandbox.store import Store

_NOTICES_AT_ONCE = 50


class SandboxApp(Flask):
    """The application, and what drives its notices."""

    service: Service
    secret: str
    notice_url: str

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every view and hook is: Flask would look at each at each request."""
        return func

    def deliver_due(self, post: Post | None = None, *, limit: int = _NOTICES_AT_ONCE) -> int:
        """Let happen what is due, then send due notices; how many were tried.

        `post` sends one (body, headers) and returns the status; by default over HTTP to the
        notice address.
        """
        run_late_calls(self)
        self.service.settle()
        return events.deliver_due(
            self.service.store,
            post or sending.over_http(self.notice_url),
            secret=self.secret,
            limit=limit,
        )


def create_app(
    *,
    store_path: str | Path,
    secret: str,
    notice_url: str,
    public_url: str,
    source: random.Random | None = None,
    alone: bool = False,
) -> SandboxApp:
    """The application over a store file, which is made if it is not there.

    `secret` is the API's bearer secret and signs the notices. `public_url` is where browsers
    reach the pages. `source` makes the numbers (default: the system's randomness).
    `alone`: no other process or thread uses the store (see `Store`).
    """
    app = SandboxApp(__name__, static_folder="static", template_folder="templates")
    app.secret = secret
    app.notice_url = notice_url
    app.service = Service(Store(store_path, source=source, alone=alone))
    app.config.update(
        SECRET=secret,
        SERVICE=app.service,
        PUBLIC_URL=public_url.rstrip("/"),
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.register_blueprint(controls)
    app.before_request(_same_origin_only)
    app.before_request(lambda: run_late_calls(app))
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _error_page)
    app.add_template_global(texts.t, "t")
    app.add_template_filter(texts.money, "money")
    app.add_template_filter(texts.moment, "moment")
    return app


def _same_origin_only() -> tuple[str, int] | None:
    """Pages have no cookies to ride on; still, other sites' forms have no business here."""
    origin = request.headers.get("Origin")
    if request.method != "POST" or request.blueprint == "api" or origin is None:
        return None
    return None if urlsplit(origin).netloc == request.host else ("another site's form", 403)


def _headers(response: Response) -> Response:
    if request.blueprint == "api":
        return response  # no browser reads it
    # The way back leads to the merchant's address and may go on to its sibling hosts.
    back = " ".join(g.get("return_origins", ()))
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {back}".rstrip(),
    )
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _error_page(error: HTTPException) -> Response | tuple[str, int]:
    if request.path.startswith("/v1/"):
        return Response(
            f'{{"error": "{error.code}"}}', status=error.code, mimetype="application/json"
        )
    status = error.code or 500
    return message_page("not_found" if status == 404 else "not_possible", status)
