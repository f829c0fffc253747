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
        for raw, course_path in file.items((*path, "courses")):
            course = _Course(file, raw, course_path)
            _ways(course)
            _of_ways(course)
            _terms(course)
            _renewal(course)
            _lengths(course)


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


@dataclass(frozen=True)
class _Course:
    """One course of the document."""

    file: _File
    raw: dict[str, object]
    path: Path

    @property
    def renewal(self) -> object:
        return self.raw.get("renewal")

    @property
    def ways(self) -> list[str]:
        return [way for way, _ in self.file.texts((*self.path, "ways"))]

    def terms(self) -> Iterator[tuple[dict[str, object], Path]]:
        """The usable terms, of all ways and of single ones, each with its path."""
        by_method: Path = (*self.path, "term_by_method")
        for path in (
            (*self.path, "term"),
            *((*by_method, way) for way in self.file.mapping(by_method)),
        ):
            if term := self.file.mapping(path):
                yield term, path

    def add(self, field: str, message: str, instead: str) -> None:
        self.file.add((*self.path, field), message, instead)

    def out(self, *field: str, why: str, instead: str = "nothing: take the line out") -> None:
        """Note a field that has no meaning in this course, where it is written."""
        if field[-1] in self.file.mapping((*self.path, *field[:-1])):
            self.file.add((*self.path, *field), why, instead, key=True)


def _ways(course: _Course) -> None:
    offered = list(course.file.mapping(("ways_to_pay",)))
    for way, here in course.file.texts((*course.path, "ways")):
        if offered and way not in offered:
            other = f"one of {', '.join(offered)}, or add {way} to ways_to_pay"
            message = f"“{way}” is not one of ways_to_pay"
            course.file.add(here, message, meant(way, offered) or other)
        if way == "konbini" and course.renewal == "monthly":
            message = "a convenience-store slip can't be charged again each month"
            course.file.add(here, message, "konbini on a lump_sum course only")
    if course.renewal == "automatic" and course.ways == ["konbini"]:
        message = "a convenience-store slip can't be charged again"
        course.add("renewal", message, "lump_sum, or another way to pay")


def _of_ways(course: _Course) -> None:
    """Fees, terms and slips of a way to pay that the course does not have."""
    ways = course.ways
    if not ways:
        return
    for field in ("fees", "term_by_method"):
        for way in course.file.mapping((*course.path, field)):
            if way not in ways and (*course.path, field, way) not in course.file.wrong:
                instead = f"one of {', '.join(ways)}, or add {way} to ways"
                course.out(field, way, why=f"the course can't be paid by {way}", instead=instead)
    if "konbini" not in ways:
        why, instead = (
            "the course has no convenience-store slips",
            "nothing, or add konbini to ways",
        )
        course.out("slip_days", why=why, instead=instead)


def _terms(course: _Course) -> None:
    for term, path in course.terms():
        rule, months = term.get("rule"), _months(course, path)
        if term.get("joining_month_free") and rule != "through_month_end":
            message = "only through_month_end can give the month of joining free"
            instead = "rule: through_month_end, or nothing here"
            course.file.add((*path, "joining_month_free"), message, instead, key=True)
        if months != 1 and course.renewal == "monthly":
            message = "a monthly course pays for one month"
            course.file.add((*path, "months"), message, "1, or renewal: lump_sum")
        elif months != 1 and rule == "calendar_month":
            instead = f"rule: through_month_end with months: {months}"
            course.file.add((*path, "months"), "calendar_month pays for one month", instead)


def _renewal(course: _Course) -> None:
    """What has a meaning only where renewals are charged, or only where they are not."""
    if course.renewal == "monthly":
        course.out("renewal_opens_months", why="a monthly course renews by itself")
    if course.renewal in ("monthly", "automatic"):
        why = "only a lump_sum course is renewed by hand, and can be late"
        course.out("late_renewal", why=why)
    if course.renewal == "lump_sum":
        why = "nothing is charged again on a lump_sum course"
        for field in ("retry_days", "grace_days"):
            course.out("dunning", field, why=f"{why}, so there is no wait for it")
        for field in ("pause_periods", *_days_of_month(course)):
            course.out(field, why=why, instead="nothing, or renewal: automatic")


def _lengths(course: _Course) -> None:
    """What depends on how long the terms are, and with what they end."""
    early, whole = course.raw.get("renewal_opens_months"), (*course.path, "term")
    if course.renewal != "monthly" and course.file.mapping(whole) and isinstance(early, int):
        months = _months(course, whole)
        if early > months:
            message = f"longer than the term of {months} months"
            course.add("renewal_opens_months", message, f"{months} or less")
    ends_anywhere = course.renewal == "monthly" or any(
        term.get("rule") == "anniversary" or term.get("months", 1) == 1
        for term, _ in course.terms()
    )
    if ends_anywhere and course.renewal != "lump_sum":
        # Within the first month the charge, or the lock, would come before the joining.
        why = "a day of the month is for terms of several months that end with a month"
        instead = "nothing, or rule: through_month_end with months: 2 or more"
        for field in _days_of_month(course):
            course.out(field, why=why, instead=instead)


def _days_of_month(course: _Course) -> list[str]:
    """The fields that set a day of the month."""
    early = course.raw.get("charge_day") == "last_business_day"
    return ["lock_day", "charge_day"] if early else ["lock_day"]


def _months(course: _Course, term: Path) -> int:
    months = course.file.get((*term, "months"))
    return months if isinstance(months, int) else 1
