"""One client: cookies, forms and the time from asking to the last byte of the answer.

A new connection for every request, as gunicorn's sync workers do not keep one alive.
"""

import http.client
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

CHUNK = 1 << 18


class ProbeFailed(Exception):
    """An answer was not the one that was to be timed."""


class NoAnswer(ProbeFailed):
    """The connection was refused or broken."""


class TookTooLong(Exception):
    """No whole answer came within the time a probe may take."""


@dataclass(frozen=True)
class Answer:
    """A whole answer; ``seconds`` runs from the connection to the last byte."""

    status: int
    location: str
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class Browser:
    """A logged-in user's browser, without images, scripts or a cache."""

    def __init__(self, port: int, *, limit: float) -> None:
        """Talk to ``127.0.0.1:port``; give up an answer after ``limit`` seconds."""
        self.port = port
        self.limit = limit
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Ask for a page; a redirect is an answer, not followed."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form, and give back the answer to it alone."""
        return self._ask("POST", path, urlencode(fields).encode())

    def follow(self, path: str) -> Answer:
        """Ask for a page and go where it sends us, at most five times."""
        for _ in range(5):
            answer = self.get(path)
            if answer.status not in (301, 302, 303):
                return answer
            path = urljoin(path, answer.location)
        raise ProbeFailed(f"{path} redirects without end")

    def log_in(self, path: str, username: str, password: str) -> None:
        """Log in through the panel's own form.

        Raises:
            ProbeFailed: there is no such form, or it did not answer with a redirect.
        """
        form = read_form(self.follow(path).text, "username")
        answer = self.post(path, form.filled(username=username, password=password))
        if answer.status not in (302, 303) or "login" in answer.location.split("?")[0]:
            raise ProbeFailed(f"could not log in at {path}: {answer.status} {answer.location}")
        self.follow(urljoin(path, answer.location))

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        parts = urlsplit(path)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.limit)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            content = _read(response, deadline=started + self.limit)
        except TimeoutError as error:
            raise TookTooLong(path) from error
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{path}: {error!r}") from error
        finally:
            connection.close()
        seconds = time.perf_counter() - started
        for header in response.headers.get_all("Set-Cookie") or []:
            self.cookies.update({k: morsel.value for k, morsel in SimpleCookie(header).items()})
        return Answer(response.status, response.headers.get("Location", ""), content, seconds)


def _read(response: http.client.HTTPResponse, *, deadline: float) -> bytes:
    chunks = []
    while chunk := response.read(CHUNK):
        chunks.append(chunk)
        if time.perf_counter() > deadline:
            raise TimeoutError
    return b"".join(chunks)


@dataclass(frozen=True)
class Form:
    """A form as a browser would send it if nothing were touched."""

    action: str
    fields: tuple[tuple[str, str], ...]

    def filled(self, **changes: str) -> list[tuple[str, str]]:
        """The fields to send, with some values typed over."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        return [*kept, *changes.items()]


def read_form(page: str, field: str) -> Form:
    """The form on ``page`` that holds the input ``field``.

    Raises:
        ProbeFailed: no form on the page has it.
    """
    reader = _FormReader()
    reader.feed(page)
    for form in reader.forms:
        if any(name == field for name, _ in form.fields):
            return form
    raise ProbeFailed(f"no form with the field {field!r}")


class _FormReader(HTMLParser):
    """Collects the forms of a page with the values that stand in them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._chosen: list[str] = []
        self._offered: list[str] = []
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), ()))
        elif tag == "input":
            self._input(values)
        elif tag == "select":
            self._select, self._chosen, self._offered = values.get("name", ""), [], []
        elif tag == "option" and self._select:
            wanted = self._chosen if "selected" in values else self._offered
            wanted.append(values.get("value", ""))
        elif tag == "textarea":
            self._textarea = values.get("name", "")
            self._add(self._textarea, "")

    def handle_data(self, data: str) -> None:
        if self._textarea is not None and self.forms:
            form = self.forms[-1]
            name, value = form.fields[-1]
            self.forms[-1] = Form(form.action, (*form.fields[:-1], (name, value + data)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            for value in self._chosen or self._offered[:1]:
                self._add(self._select, value)
            self._select = ""
        elif tag == "textarea":
            self._textarea = None

    def _input(self, values: dict[str, str]) -> None:
        kind = values.get("type", "text")
        if kind in ("submit", "button", "file", "image", "reset"):
            return
        if kind in ("checkbox", "radio") and "checked" not in values:
            return
        self._add(values.get("name", ""), values.get("value", ""))

    def _add(self, name: str, value: str) -> None:
        if name and self.forms:
            form = self.forms[-1]
            self.forms[-1] = Form(form.action, (*form.fields, (name, value)))
