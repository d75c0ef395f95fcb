"""HTML to text: what a reader of the page would see, line by line; cells of a table stand between bars."""

from typing import Any

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents.refused import Refused

UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "title", "object", "embed", "applet", "iframe", "svg", "math"}
    | {"canvas", "audio", "video", "map", "select", "datalist"}
)
LINES = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"}
    | {"pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"})
"""What a browser puts space around."""

CELLS = frozenset({"td", "th"})
DEEPEST = 2_000


def text_of_html(page: str) -> str:
    """The visible text of a page or fragment.

    Raises:
        NotInstalled: the extra `text` is missing.
        Refused: nested so deeply that it was made to break readers.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as error:
        raise NotInstalled("Reading HTML needs the extra `text`: run `make text`.") from error
    body = LexborHTMLParser(page.replace("\0", "")).body
    return "" if body is None else _Page().read(body)


class _Page:
    """Walks the tree without recursion: a page may be nested deeper than Python's stack."""

    def __init__(self) -> None:
        self._out: list[str] = []

    def read(self, body: Any) -> str:
        node, depth = body.child, 1
        while node is not None:
            inside = self._enter(node)
            if inside is not None:
                node, depth = inside, depth + 1
                if depth > DEEPEST:
                    raise Refused("corrupt", "the HTML is nested too deeply: export it again")
                continue
            while node.next is None:
                depth -= 1
                node = node.parent
                if node is None or depth == 0:
                    return "".join(self._out)
                self._leave(node.tag)
            node = node.next
        return "".join(self._out)

    def _enter(self, node: Any) -> Any:
        """Write what stands before the node's content; its first child, where it has content to read."""
        tag = node.tag
        if tag == "-text":
            self._text(node)
            return None
        if tag.startswith(("-", "_", "!")) or tag in UNSEEN:
            return None
        if tag == "br":
            self._out.append("\n")
        elif tag in CELLS:
            self._cell()
        elif tag in LINES:
            self._line(tag)
        if tag == "li":
            self._out.append("- ")
        child = node.child
        if child is None:
            self._leave(tag)
        return child

    def _leave(self, tag: str) -> None:
        if tag in LINES:
            self._line(tag)

    def _text(self, node: Any) -> None:
        text = node.text_content or ""
        if _in_pre(node):
            self._out.append(text)
            return
        words = " ".join(text.split())
        if words:
            before = " " if text[0].isspace() and self._out and not self._out[-1].endswith(("\n", " ")) else ""
            self._out.append(before + words + (" " if text[-1].isspace() else ""))
        elif text and self._out and not self._out[-1].endswith(("\n", " ")):
            self._out.append(" ")

    def _line(self, tag: str) -> None:
        last = self._out[-1] if self._out else "\n\n"
        if not last.endswith("\n"):
            self._out.append("\n\n" if tag in APART else "\n")
        elif tag in APART and not last.endswith("\n\n") and not self._ends_apart():
            self._out.append("\n")

    def _ends_apart(self) -> bool:
        return "".join(self._out[-3:]).endswith("\n\n")

    def _cell(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append(" | ")


def _in_pre(node: Any) -> bool:
    parent = node.parent
    return parent is not None and parent.tag in ("pre", "textarea")
