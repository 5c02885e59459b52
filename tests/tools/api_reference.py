"""The API reference, from the docstrings, with each marble diagram run and drawn.

Usage: python tests/tools/api_reference.py OUT_DIR

Writes HTML pages; ``index.html`` leads to them. Any warning is an error.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re
import sys
import typing
import warnings
from html import escape
from pathlib import Path
from types import ModuleType

import jinja2
import pdoc
import pdoc.doc
import pdoc.render
import pdoc.render_helpers

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from marble_blocks import PART, Block, blocks, run  # noqa: E402

import rx_stream.testing  # noqa: E402
from rx_stream.testing import diagram  # noqa: E402

DOCUMENTED = (rx_stream, rx_stream.testing)
_LOG = ("__init__", "status", "snapshot", "delete", "acquire", "append", "close", "aclose")
MEMBERS = {
    **dict.fromkeys(("MemoryLog", "SQLiteLog", "RedisLog"), _LOG),
    **dict.fromkeys(("TokenLimiter", "RedisLimiter"), ("__init__",)),
    "TokenCounter": ("__init__", "feed", "name", "total", "exact"),
}
"""What is shown of classes that have more, for other parts of the library; also if inherited."""

_TABLE = re.compile(r"(?m)^=+(?: +=+)+\n(?:.*\n)*?=+(?: +=+)+$(?!\n\S)")
_HOME = re.compile(r"~|\b(?:[a-z_0-9]+\.)+(?=(_?[A-Z]\w*))")
_plain_annotation = inspect.formatannotation
_all_members = pdoc.doc.Class.own_members.func
_LITERAL = re.compile(r"(?m)(?:^(?P<alone>[ \t]*)::|(?<=\S)::)$(?=\n\n[ \t]+\S)")


def load_annotations(module: ModuleType) -> None:
    """Import what a module imports for type checkers only, so that its signatures have links."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            imports = ast.Module(body=node.body, type_ignores=[])
            exec(compile(imports, str(module.__file__), "exec"), vars(module))


def resolve_aliases(modules: list[ModuleType]) -> None:
    """Replace each type alias that is written as a string, wherever it was imported."""
    for home in modules:
        for node in ast.parse(inspect.getsource(home)).body:
            if not isinstance(node, ast.AnnAssign) or ast.unparse(node.annotation) != "TypeAlias":
                continue
            name = ast.unparse(node.target)
            written = vars(home)[name]
            if isinstance(written, str):
                # One that contains itself stays a name: written out, it has no end.
                value = typing.TypeVar(name) if name in written else eval(written, vars(home))
                for module in modules:
                    if vars(module).get(name) == written:
                        setattr(module, name, value)


def short_annotation(annotation: object, *args: typing.Any, **options: typing.Any) -> str:
    """Return an annotation without module names, but those that lead to a page."""
    public = {name for package in DOCUMENTED for name in package.__all__}

    def without_home(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("rx_stream.") and found[1] in public else ""

    return _HOME.sub(without_home, _plain_annotation(annotation, *args, **options))


def load_everything() -> None:
    """Load every public name and what the modules behind them mention."""
    public = [getattr(package, name) for package in DOCUMENTED for name in package.__all__]
    done: set[str] = set()
    # Loading one module's annotations may bring in another.
    while new := {n for n in sys.modules if n.partition(".")[0] == "rx_stream"} - done:
        for name in new:
            load_annotations(sys.modules[name])
        done |= new
    resolve_aliases([sys.modules[name] for name in done])
    for what in public:
        if hasattr(what, "_field_defaults"):
            # The constructor of a named tuple does not know the module of its class.
            what.__new__.__annotations__ = typing.get_type_hints(what)


def picture(block: Block) -> str:
    """Return a block as an SVG of what its calls did."""
    # Some diagrams print what they report.
    with contextlib.redirect_stdout(io.StringIO()):
        ran = run(block)
    assert ran.seen == ran.expected, f"the diagram is not what happens: {block}"
    drawn = diagram(ran.source, (", ".join(block.calls), ran.seen))
    # Without line ends: Markdown must not look for paragraphs in it.
    return f'<div class="marble">{drawn.svg.replace(chr(10), "&#10;")}</div>'


def table(written: str) -> str:
    """Return a table as it is written, its code in bold; the columns stay where they are."""
    cells = escape(written, quote=False)
    # What begins or ends a cell gets the width of its four backquotes back.
    cells = re.sub(r"(?m)^``(.+?)``|``(.+?)``(?=  )", r"<b>\1\2</b>    ", cells)
    cells = re.sub(r"``(.+?)``", r"<b>\1</b>", cells)
    return f"<pre>{cells}</pre>"


def to_markdown(docstring: str) -> str:
    """Return a docstring with its pictures, and with its reStructuredText as Markdown."""
    pictures = [picture(block) for block in blocks("docstring", docstring)]
    parts = PART.split(docstring)
    # Every second part is the inside of a block.
    text = [_TABLE.sub(lambda found: table(found.group()), p) for p in parts[::2]]
    text = [_LITERAL.sub(lambda m: "" if m["alone"] is not None else ":", p) for p in text]
    drawn = "".join(f"{p}\n{s}\n\n" for p, s in zip(text, pictures, strict=False))
    return drawn + text[-1]


def shown_members(what: pdoc.doc.Class) -> list[pdoc.doc.Doc[typing.Any]]:
    """Return the members of a class that have a place on its page."""
    names = MEMBERS.get(what.name)
    return _all_members(what) if names is None else [what.members[name] for name in names]


def without_parts_heading() -> None:
    """Leave out the list of submodules of a package whose submodules have no page."""
    loader = pdoc.render.env.loader
    assert loader is not None
    template = "{% extends 'default/module.html.jinja2' %}{% block nav_submodules %}{% endblock %}"
    pdoc.render.env.loader = jinja2.ChoiceLoader(
        [jinja2.DictLoader({"module.html.jinja2": template}), loader]
    )


def build(target: Path) -> None:
    """Write the pages."""
    load_everything()
    original = pdoc.render.env.filters["to_markdown"]

    @pdoc.render_helpers.pass_context
    def with_pictures(context: pdoc.render_helpers.Context, docstring: str) -> str:
        return original(context, to_markdown(docstring))

    pdoc.render.env.filters["to_markdown"] = with_pictures
    inspect.formatannotation = pdoc.doc.formatannotation = short_annotation
    pdoc.render.configure(
        docformat="google", show_source=False, footer_text=f"rx_stream {rx_stream.__version__}"
    )
    without_parts_heading()
    pdoc.doc.Class.own_members = property(shown_members)
    names = [package.__name__ for package in DOCUMENTED]
    # The module ``testing.diagram`` has the name of a public function.
    pdoc.pdoc(*names, r"!rx_stream\.testing\.", output_directory=target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("error")
    build(Path(sys.argv[1]))
