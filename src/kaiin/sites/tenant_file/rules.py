"""What the models can't say: how the parts of a tenant file must fit together.

Every rule reads raw values that may have any shape, since all errors are listed at once: a
part that was refused already is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from kaiin.sites.tenant_file.document import Document
from kaiin.sites.tenant_file.problems import Path, inside, meant

# Words that addresses such as /my/<site>/… use themselves.
RESERVED_SITE_KEYS = frozenset({"receipts", "entry", "join", "my"})


def check(document: Document, wrong: set[Path]) -> None:
    """Note every error between parts; `wrong`: the paths that were refused already."""
    file = _File(document, wrong)
    _languages(file)
    _member_ids(file)
    _consent(file)
    _hosts(file)
    _keys(file)
    for _, path in file.items(("sites",)):
        for course, course_path in file.items((*path, "courses")):
            _ways(file, course, course_path)
            _of_ways(file, course, course_path)
            _terms(file, course, course_path)
            _by_renewal(file, course, course_path)
            _automatic(file, course, course_path)


@dataclass(frozen=True)
class _File:
    """The document, read with a tolerance for what was refused."""

    document: Document
    wrong: set[Path]

    def get(self, path: Path) -> object:
        """The value of a path, or None if it is not there or not usable."""
        here = self.document.root
        for depth, step in enumerate(path):
            here = inside(here, step)
            if here is None or path[: depth + 1] in self.wrong:
                return None
        return here

    def mapping(self, path: Path) -> dict[str, object]:
        """The mapping of a path, or an empty one."""
        found = self.get(path)
        return cast("dict[str, object]", found) if isinstance(found, dict) else {}

    def texts(self, path: Path) -> list[tuple[str, Path]]:
        """The strings of the list of a path, each with its own path."""
        return [
            (item, (*path, index))
            for index, item in enumerate(self._list(path))
            if isinstance(item, str) and (*path, index) not in self.wrong
        ]

    def items(self, path: Path) -> Iterator[tuple[dict[str, object], Path]]:
        """The mappings of the list of a path, each with its own path."""
        for index, item in enumerate(self._list(path)):
            if isinstance(item, dict):
                yield item, (*path, index)

    def add(self, path: Path, message: str, instead: str, *, key: bool = False) -> None:
        self.document.add(path, message, instead, key=key)

    def _list(self, path: Path) -> list[object]:
        found = self.get(path)
        return found if isinstance(found, list) else []


def _languages(file: _File) -> None:
    languages = [text for text, _ in file.texts(("identity", "languages"))]
    default = file.get(("identity", "default_language"))
    if languages and isinstance(default, str) and default not in languages:
        file.add(
            ("identity", "default_language"),
            f"“{default}” is not one of the languages",
            " or ".join(languages),
        )


def _member_ids(file: _File) -> None:
    base: Path = ("identity", "member_id")
    current = (file.get((*base, "prefix")), file.get((*base, "digits")))
    seen = {current}
    for _, path in file.items((*base, "legacy")):
        pair = (file.get((*path, "prefix")), file.get((*path, "digits")))
        if None not in pair and pair in seen:
            what = "the form of new IDs" if pair == current else "in the list already"
            file.add(path, f"{pair[0]} and {pair[1]} digits is {what}", "another form, or nothing")
        seen.add(pair)


def _consent(file: _File) -> None:
    path: Path = ("identity", "consent_age")
    asked = file.mapping(("identity", "details"))
    if file.get(path) and file.get(("identity", "details")) and "birth_date" not in asked:
        file.add(path, "an age can't be known where no birth date is asked", "details.birth_date")


def _hosts(file: _File) -> None:
    places: list[Path] = [("identity",), *(path for _, path in file.items(("sites",)))]
    first: dict[str, Path] = {}
    for place in places:
        named = [(file.get((*place, "host")), (*place, "host"))]
        for host, path in [*named, *file.texts((*place, "former_hosts"))]:
            if not isinstance(host, str):
                continue
            if host in first:
                line = file.document.at(first[host]).line
                file.add(path, f"“{host}” is taken already, in line {line}", "a host of its own")
            first.setdefault(host, path)


def _keys(file: _File) -> None:
    _unique_keys(file, ("sites",), "site")
    for _, path in file.items(("sites",)):
        key = file.get((*path, "key"))
        if key in RESERVED_SITE_KEYS:
            file.add((*path, "key"), f"“{key}” is a word of our addresses", "another key")
        _unique_keys(file, (*path, "courses"), "course")


def _unique_keys(file: _File, path: Path, noun: str) -> None:
    first: dict[object, int] = {}
    for _, here in file.items(path):
        key = file.get((*here, "key"))
        if key is None:
            continue
        at = (*here, "key")
        if key in first:
            file.add(at, f"another {noun} has this key, in line {first[key]}", "another key")
        first.setdefault(key, file.document.at(at).line)


def _ways(file: _File, course: dict[str, object], path: Path) -> None:
    offered = list(file.mapping(("ways_to_pay",)))
    for way, here in file.texts((*path, "ways")):
        if offered and way not in offered:
            guess = meant(way, offered)
            file.add(
                here,
                f"“{way}” is not one of ways_to_pay",
                guess or f"one of {', '.join(offered)}, or add {way} to ways_to_pay",
            )
        if way == "konbini" and course.get("renewal") == "monthly":
            file.add(
                here,
                "a convenience-store slip can't be charged again each month",
                "konbini on a lump_sum course only",
            )


def _of_ways(file: _File, course: dict[str, object], path: Path) -> None:
    """Fees and terms of a way to pay that the course does not have."""
    ways = [way for way, _ in file.texts((*path, "ways"))]
    if not ways:
        return
    for field in ("fees", "term_by_method"):
        for way in file.mapping((*path, field)):
            here = (*path, field, way)
            if way not in ways and here not in file.wrong:
                file.add(
                    here,
                    f"the course can't be paid by {way}",
                    f"one of {', '.join(ways)}, or add {way} to ways",
                    key=True,
                )
    if "slip_days" in course and "konbini" not in ways:
        file.add(
            (*path, "slip_days"),
            "the course has no convenience-store slips",
            "nothing, or add konbini to ways",
            key=True,
        )


def _terms(file: _File, course: dict[str, object], path: Path) -> None:
    places: list[Path] = [(*path, "term")]
    places += [(*path, "term_by_method", way) for way in file.mapping((*path, "term_by_method"))]
    for place in places:
        term = file.mapping(place)
        rule, months = term.get("rule"), file.get((*place, "months"))
        months = months if isinstance(months, int) else 1
        if term.get("joining_month_free") and rule != "through_month_end":
            file.add(
                (*place, "joining_month_free"),
                "only through_month_end can give the month of joining free",
                "rule: through_month_end, or nothing here",
                key=True,
            )
        if months == 1:
            continue
        if course.get("renewal") == "monthly":
            message, instead = "a monthly course pays for one month", "1, or renewal: lump_sum"
            file.add((*place, "months"), message, instead)
        elif rule == "calendar_month":
            message = "calendar_month pays for one month"
            instead = f"rule: through_month_end with months: {months}"
            file.add((*place, "months"), message, instead)


def _by_renewal(file: _File, course: dict[str, object], path: Path) -> None:
    opens: Path = (*path, "renewal_opens_months")
    months = file.get((*path, "term", "months"))
    if course.get("renewal") == "monthly" and "renewal_opens_months" in course:
        file.add(opens, "a monthly course renews by itself", "nothing: take the line out", key=True)
        return
    early = file.get(opens)
    term = months if isinstance(months, int) else 1
    if isinstance(early, int) and early > term and file.mapping((*path, "term")):
        file.add(opens, f"longer than the term of {term} months", f"{term} or less")
    if "late_renewal" in course and course.get("renewal") in ("monthly", "automatic"):
        file.add(
            (*path, "late_renewal"),
            "only a lump_sum course is renewed by hand, and can be late",
            "nothing: take the line out",
            key=True,
        )
    if course.get("renewal") == "lump_sum":
        for waiting in ("retry_days", "grace_days"):
            if waiting in file.mapping((*path, "dunning")):
                file.add(
                    (*path, "dunning", waiting),
                    "nothing is charged again on a lump_sum course, so there is no wait for it",
                    "nothing: take the line out",
                    key=True,
                )


def _automatic(file: _File, course: dict[str, object], path: Path) -> None:
    """What only makes sense where renewals are charged, and where they fall on a month's end."""
    ways = [way for way, _ in file.texts((*path, "ways"))]
    if course.get("renewal") == "automatic" and ways == ["konbini"]:
        file.add(
            (*path, "renewal"),
            "a convenience-store slip can't be charged again",
            "lump_sum, or another way to pay",
        )
    early = course.get("charge_day") == "last_business_day"
    given = [field for field in ("lock_day", "pause_periods") if field in course]
    for field in [*given, *(["charge_day"] if early else [])]:
        if course.get("renewal") == "lump_sum":
            file.add(
                (*path, field),
                "nothing is charged again on a lump_sum course",
                "nothing, or renewal: automatic",
                key=True,
            )
        elif field != "pause_periods" and _ends_anywhere(file, course, path):
            # Within the first month the charge, or the lock, would come before the joining.
            file.add(
                (*path, field),
                "a day of the month is for terms of several months that end with a month",
                "nothing, or rule: through_month_end with months: 2 or more",
                key=True,
            )


def _ends_anywhere(file: _File, course: dict[str, object], path: Path) -> bool:
    others = file.mapping((*path, "term_by_method"))
    places: list[Path] = [(*path, "term"), *((*path, "term_by_method", way) for way in others)]
    terms = [file.mapping(place) for place in places]
    return course.get("renewal") == "monthly" or any(
        term.get("rule") == "anniversary" or term.get("months", 1) == 1 for term in terms if term
    )
