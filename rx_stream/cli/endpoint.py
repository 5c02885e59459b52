"""Ask an OpenAI-compatible endpoint for a streamed answer, with failures in one line."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from rx_stream.cli.failure import CommandError
from rx_stream.core.llm.failures import error_of

if TYPE_CHECKING:
    import httpx

__all__ = ["Endpoint", "address_of", "checked_key", "shown"]

_PATH = "/chat/completions"
_KEY = re.compile(r"[\x21-\x7e]+")
_SECRETS = re.compile(r"(?<=//)[^/?#]*@|(?<=\?).+", re.DOTALL)
_LONGEST_REFUSAL = 1 << 16
_MEANING = {
    401: "the endpoint wants another API key",
    403: "this API key may not do that",
    404: "there is no such address or model",
    429: "too many requests, or the quota is used up",
}


def shown(url: str) -> str:
    """Return an address for messages: without its password and its query, which may be a key."""
    return _SECRETS.sub(lambda found: "…@" if found[0].endswith("@") else "…", url)


def checked_key(name: str, key: str | None) -> str | None:
    """Return a key that can be sent.

    Raises:
        CommandError: It has characters that no header may have. The message does not show it.
    """
    if key and _KEY.fullmatch(key) is None:
        raise CommandError(f"{name} holds a space, a line end or another character of no API key")
    return key


def address_of(url: str) -> str:
    """Return the address of chat completions below a base address such as ``…/v1``.

    Raises:
        CommandError: It is no address of the web.
    """
    wrong = CommandError(f"URL must be an http or https address, not {shown(url)!r}", status=2)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")  # A label that is empty or too long cannot be looked up.
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or not url.isprintable():
        raise wrong
    return url if parts.path.endswith(_PATH) else url.rstrip("/") + _PATH


class Endpoint:
    """One request; iterating gives the bytes of the body as they arrive.

    Args:
        address: Where to send it.
        payload: What to send, as JSON.
        key: The API key, if there is one.
        key_name: Where the key comes from, for messages; the key itself is never shown.
        timeout: Seconds to wait for a connection, and for each piece of the answer.
    """

    def __init__(
        self,
        address: str,
        payload: Mapping[str, object],
        *,
        key: str | None,
        key_name: str,
        timeout: float,
    ) -> None:
        self._address = address
        self._payload = payload
        self._key = key
        self._key_name = key_name
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._stopped = False

    def __iter__(self) -> Iterator[bytes]:
        import httpx

        # Not compressed: a few bytes could become gigabytes.
        headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        try:
            with (
                self._client() as client,
                client.stream(
                    "POST",
                    self._address,
                    json=self._payload,
                    headers=headers,
                    extensions={"trace": self._trace},
                ) as response,
            ):
                if response.status_code != 200:
                    raise self._refused(response)
                coding = response.headers.get("content-encoding", "identity")
                if coding.lower() != "identity":
                    raise self._failure(f"the answer is compressed ({coding[:40]}), unasked")
                yield from response.iter_raw()
        except httpx.HTTPError as error:
            if not self._stopped:
                raise self._failed(error) from None

    def _client(self) -> httpx.Client:
        import httpx

        # What cannot be used is not repeated: the address of a proxy may hold a password.
        try:
            return httpx.Client(timeout=self._timeout)
        except ImportError:
            what = "a SOCKS proxy, which needs: python -m pip install 'httpx[socks]'"
        except OSError as error:
            what = f"certificates (SSL_CERT_FILE, SSL_CERT_DIR) that cannot be read: {error}"
        except (ValueError, httpx.InvalidURL):
            what = "a proxy (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) that is no address"
        raise CommandError(f"the environment names {what}")

    def stop(self) -> None:
        """End the reading, also one that waits on another thread."""
        self._stopped = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        # From the connection on, so that a model which thinks long can be left, too.
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            stream = cast("Any", info["return_value"])
            self._socket = stream.get_extra_info("socket")

    def _refused(self, response: httpx.Response) -> CommandError:
        status = response.status_code
        words = [f"{status} {response.reason_phrase[:80]}".strip()]
        if status == 401:
            state = "was refused" if self._key else "is not set"
            words.append(f"{_MEANING[status]}; {self._key_name} {state}")
        elif status in _MEANING:
            words.append(_MEANING[status])
        wait = response.headers.get("retry-after", "")[:40]
        if wait:
            words.append(f"try again in {wait} s" if wait.isdigit() else f"try again at {wait}")
        message = _message(response)
        if message:
            words.append(message)
        return self._failure(": ".join(words))

    def _failure(self, what: str) -> CommandError:
        return CommandError(f"{shown(self._address)}: {what}")

    def _failed(self, error: httpx.HTTPError) -> CommandError:
        import httpx

        if isinstance(error, httpx.ConnectTimeout):
            what = f"no connection within {self._timeout:g} s"
        elif isinstance(error, httpx.ConnectError):
            what = f"cannot connect: {error}"
        elif isinstance(error, httpx.TimeoutException):
            what = f"nothing came for {self._timeout:g} s"
        else:
            what = f"the connection broke: {error}"
        return self._failure(what)


def _message(response: httpx.Response) -> str:
    """Return what the body says of the error, in at most 300 characters."""
    body = b""
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > _LONGEST_REFUSAL:
                return ""
        value = cast("object", json.loads(body))
    except Exception:  # noqa: BLE001 - a body that cannot be read says nothing
        return ""
    error = error_of(value)
    if error is not None:
        return error.message[:300]
    if isinstance(value, dict):
        told = cast("dict[str, object]", value)
        said = told.get("detail") or told.get("message")
        return said[:300] if isinstance(said, str) else ""
    return ""
