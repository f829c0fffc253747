"""Calls of the provider in this process: our own client and the service's own views as ever,
without what an HTTP client and a WSGI server do around each call."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from kaiin.lab.sandbox.app import SandboxApp

Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What our client reads of `httpx.Response`."""

    status_code: int
    content: bytes

    @property
    def is_error(self) -> bool:
        return self.status_code >= 400


class Calls:
    """In the place of `httpx.Client`; `tests/lab/simulation/test_calls.py` compares the two."""

    def __init__(self, app: SandboxApp, host: str) -> None:
        self.headers: dict[str, str] = {}
        self._app = app
        self._host = host

    def build_request(
        self,
        method: str,
        path: str,
        *,
        timeout: object,  # noqa: ARG002 - nothing is waited for here
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Environ:
        """A request as a WSGI server hands it over."""
        body = b"" if json is None else _json(json)
        environ: Environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": urlencode(params or {}),
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self._host,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
        if json is not None:
            environ["CONTENT_TYPE"] = "application/json"
        for name, value in (*self.headers.items(), *(headers or {}).items()):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ

    def send(self, request: Environ) -> Answer:
        """The view's answer; an exception in it is raised here."""
        with self._app.request_context(request):
            response: Response = self._app.full_dispatch_request()
        return Answer(response.status_code, response.get_data())


def _json(content: object) -> bytes:
    # As httpx writes it: the service knows a repeated call by its bytes.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
