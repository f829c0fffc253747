"""YAML read to plain values, with the line and column of each key and value.

ruamel's composer gives the nodes with their marks; the values are made here, so that a
duplicate key is one error among others and not the end of the reading.
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from kaiin.sites.tenant_file.problems import Path, Position, Problem, path_text

MAX_BYTES = 1_000_000
# A short file of aliases within aliases can expand to millions of values.
MAX_VALUES = 50_000
MAX_DEPTH = 30
_TAG = "tag:yaml.org,2002:"
_START = Position(1, 1)


class Unreadable(Exception):
    """Not YAML, or not one mapping: there is nothing to check further."""

    def __init__(self, position: Position, message: str, instead: str) -> None:
        super().__init__(message)
        self.problem = Problem(position.line, position.column, "file", message, instead)


@dataclass
class Document:
    """Plain values (dict, list, str, int, float, bool, None) and their positions."""

    root: object = None
    noted: list[tuple[Position, Path, str, str]] = field(default_factory=list)
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    # Numbers as they were written: 0312345678 loses its zero by being one.
    written: dict[Path, str] = field(default_factory=dict)
    # Values left empty whose line goes on with a `#`: probably a colour without quotes.
    swallowed: set[Path] = field(default_factory=set)

    def at(self, path: Path) -> Position:
        """The position of a path's value, or of the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, _START)

    def key_at(self, path: Path) -> Position:
        """The position of a path's key; for an item of a list, of the item."""
        return self.keys.get(path) or self.at(path)

    def add(self, path: Path, message: str, instead: str, *, key: bool = False) -> None:
        """Note a problem with the value of a path, or with its key."""
        position = self.key_at(path) if key else self.at(path)
        self.noted.append((position, path, message, instead))

    def problems(self) -> list[Problem]:
        """Every problem noted so far."""
        return [
            Problem(at.line, at.column, path_text(self.root, path), message, instead)
            for at, path, message, instead in self.noted
        ]


def read(data: bytes) -> Document:
    """The document in a file's bytes. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_START, f"the file is larger than {MAX_BYTES:,} bytes", "a smaller file")
    text = _decoded(data)
    node = _composed(text)
    reader = _Reader(text.splitlines())
    document = reader.document
    document.root = reader.value(node, (), _position(node))
    if not isinstance(document.root, dict):
        raise Unreadable(
            _position(node), "the file is not a mapping", "identity:, ways_to_pay:, sites: …"
        )
    return document


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8-sig", "replace")) + 1
        raise Unreadable(
            Position(line, column), "the file is not UTF-8", "the same text, saved as UTF-8"
        ) from None


def _composed(text: str) -> Node:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else _START
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(position, f"not YAML: {what}", _mend(what)) from None
    except ReaderError as error:
        before = text[: error.position]
        position = Position(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        raise Unreadable(
            position, "a character that YAML does not allow", "the line without it"
        ) from None
    except (YAMLError, RecursionError) as error:
        raise Unreadable(_START, f"not YAML: {error}", "valid YAML") from None
    if node is None:
        raise Unreadable(_START, "the file is empty", "identity:, ways_to_pay:, sites: …")
    return node


def _mend(what: str) -> str:
    if "\\t" in what:
        return "spaces instead of the tab"
    if "mapping values" in what:
        return "quotes around a text that has a colon"
    if "another document" in what:
        return "one document, without ---"
    return "valid YAML, indented by two spaces"


def _position(node: Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.document = Document()
        self._lines = lines
        self._open: set[int] = set()
        self._count = 0

    def value(self, node: Node, path: Path, at: Position) -> object:
        self._count += 1
        if self._count > MAX_VALUES:
            raise Unreadable(_position(node), "too many values", "a file without nested aliases")
        if len(path) > MAX_DEPTH:
            raise Unreadable(_position(node), "nested too deeply", "the fields of the schema")
        if id(node) in self._open:
            raise Unreadable(
                _position(node), "a value that contains itself", "the values themselves"
            )
        self.document.values[path] = at
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            if isinstance(node, SequenceNode):
                return [
                    self.value(item, (*path, index), _position(item))
                    for index, item in enumerate(node.value)
                ]
            return self._scalar(node, path, at)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            here = (*path, key)
            at = _position(key_node)
            if key in found:
                first = self.document.keys[here].line
                message = f"“{key}” is written twice, first in line {first}"
                self.document.noted.append((at, here, message, f"one {key}:"))
                continue
            self.document.keys[here] = at
            # Nothing is there, and its mark is that of what comes next.
            empty = value_node.tag == f"{_TAG}null" and not value_node.value
            found[key] = self.value(value_node, here, at if empty else _position(value_node))
        return found

    def _scalar(self, node: Node, path: Path, at: Position) -> object:
        text, tag = str(node.value), str(node.tag).removeprefix(_TAG)
        if tag == "null":
            if "#" in self._lines[at.line - 1]:
                self.document.swallowed.add(path)
            return None
        if tag == "bool":
            return text.lower() == "true"
        self.document.written[path] = text
        try:
            if tag == "int":
                return _whole(text)
            if tag == "float":
                return float(text)
        except ValueError:
            return text
        if tag.startswith("!"):
            self.document.add(path, f"tags such as {tag} have no meaning here", "the value alone")
        return text


def _whole(text: str) -> int:
    plain = text.replace("_", "")
    return int(plain, 0 if plain.lstrip("+-")[1:2] in ("b", "o", "x") else 10)
