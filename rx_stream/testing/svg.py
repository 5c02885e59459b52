"""Draw placed streams and operators as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rx_stream.testing.layout import LEFT, PILL, STEP, Pill, Track

__all__ = ["draw"]

_ROW = 54.0
_COLOURS = ("#ffe9b8", "#cfe8ff", "#d8f0cf", "#f3d9f0")
# Every rule names the class of this picture: the style of an inline SVG holds for the whole page.
_STYLE = (
    ".rx-marbles text{font:13px ui-monospace,Consolas,monospace;fill:#222}"
    ".rx-marbles .mid{text-anchor:middle}.rx-marbles .title{font-size:11px;fill:#666}"
    ".rx-marbles .line{stroke:#555;stroke-width:1.5}.rx-marbles .pill{stroke:#555}"
    ".rx-marbles .end{stroke:#222;stroke-width:3}"
    ".rx-marbles .error{stroke:#c00;stroke-width:3;fill:none}"
    ".rx-marbles .box{fill:#fff;stroke:#555}"
)


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def _pill(pill: Pill, y: float, colour: str) -> str:
    y += pill.level * STEP
    return (
        f"<g><title>{pill.time:g} s</title>"
        f'<rect x="{pill.x:.1f}" y="{y - PILL / 2:.1f}" width="{pill.width:.1f}" '
        f'height="{PILL:.0f}" rx="{PILL / 2:.0f}" fill="{colour}" class="pill"/>'
        f"{_text(pill.x + pill.width / 2, y + 4.5, pill.label, 'mid')}</g>"
    )


def _end(track: Track, y: float) -> str:
    if track.end is None:
        return ""
    x, row = track.end
    if row.kind == "C":
        bottom = y + 16 + (track.depth - 1) * STEP
        return (
            f"<g><title>completed, {row.time:g} s</title>"
            f'<path d="M{x:.1f} {y - 16:.1f}V{bottom:.1f}" class="end"/></g>'
        )
    return (
        f"<g><title>{escape(repr(row.value))}, {row.time:g} s</title>"
        f'<path d="M{x:.1f} {y - 9:.1f}l18 18m0 -18l-18 18" class="error"/></g>'
    )


def _stream(title: str, track: Track, y: float, width: float, colour: str) -> str:
    right = width - LEFT
    return "".join(
        [
            f'<path d="M{LEFT:.0f} {y:.1f}H{right:.1f}l-8 -4m8 4l-8 4" class="line" fill="none"/>',
            _text(LEFT, y - PILL / 2 - 6, title, "title") if title else "",
            *(_pill(pill, y, colour) for pill in track.pills),
            _end(track, y),
        ]
    )


def _box(label: str, y: float, width: float) -> str:
    return (
        f'<rect x="{LEFT:.0f}" y="{y - 17:.1f}" width="{width - 2 * LEFT:.1f}" height="34" '
        f'rx="3" class="box"/>{_text(width / 2, y + 4.5, label, "mid")}'
    )


def draw(rows: Sequence[tuple[str, Track | None]], description: str) -> str:
    """Return the SVG of rows: a stream with its title, or, for None, an operator's box."""
    boxes = [len(title) * 8.0 for title, track in rows if track is None]
    rights = [track.right for _, track in rows if track is not None]
    width = max([*rights, *boxes, 200.0]) + 2 * LEFT + 24
    y, streams, body = 34.0, 0, list[str]()
    for title, track in rows:
        if track is None:
            body.append(_box(title, y, width))
            y += _ROW
            continue
        body.append(_stream(title, track, y, width, _COLOURS[streams % len(_COLOURS)]))
        streams += 1
        y += _ROW + (track.depth - 1) * STEP
    height = y - 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="rx-marbles" role="img" '
        f'aria-label="{escape(description)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(body)}</svg>'
    )
