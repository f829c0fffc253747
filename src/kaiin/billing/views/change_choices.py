"""The two questions of a change, course and way to pay, and what each pair of answers comes to."""

from dataclasses import dataclass
from datetime import datetime

from kaiin.billing.courses import catalog
from kaiin.billing.errors import NoMembership, WayNotOffered
from kaiin.billing.membership.change_plans import ChangePreview
from kaiin.billing.models import Subscription
from kaiin.billing.views.changes import answers, is_agreed, running
from kaiin.billing.views.courses import CourseView, view_of_course
from kaiin.domain.changes import CardApart, ChangeKind, ChangeRefused, NothingToChange
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.sites import queries as sites

_NEW_CARD = "new_card"


@dataclass(frozen=True)
class ChangeWay:
    """A way to pay. `new_card`: by another card than the present one."""

    method: Method
    new_card: bool = False

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return _NEW_CARD if self.new_card else self.method.value


@dataclass(frozen=True)
class ChangeAnswer:
    """A course by a way to pay: what changing to it now would be, or else why it can't be done.
    `agreed`: it is what the next period will be already."""

    course_key: str
    way: ChangeWay
    preview: ChangePreview | None
    refused: KaiinError | None
    agreed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The pair of answers."""
        return self.course_key, self.way.key


@dataclass(frozen=True)
class ChangeChoices:
    """All that can be asked for, in the order of the tenant file, with an answer for each pair.
    `present` is the course and way that run, `coming` those of the next period."""

    courses: tuple[CourseView, ...]
    ways: tuple[ChangeWay, ...]
    answers: tuple[ChangeAnswer, ...]
    present: tuple[str, str]
    coming: tuple[str, str]


def change_choices(member_pk: int, site_key: str, *, at: datetime) -> ChangeChoices | None:
    """The choices that a member has at `at`; None for one who has nothing to change. Raises
    SiteUnknown."""
    site_id = sites.site(site_key).id
    try:
        subscription = running(member_pk, site_id)
        found = answers(subscription, site_id, at=at)
    except NoMembership:
        return None
    courses = {course.key: course for course, _, _ in found}
    known = {(course.key, method): answer for course, method, answer in found}
    method = Method(subscription.method)
    own = known.get((subscription.course.key, method))
    swaps = method is Method.CARD and _registers(own)
    ways: list[ChangeWay] = []
    for each in dict.fromkeys(method for _, method, _ in found):
        ways.append(ChangeWay(each))
        if swaps and each is Method.CARD:
            ways.append(ChangeWay(each, new_card=True))
    present = (subscription.course.key, method.value)
    return ChangeChoices(
        courses=tuple(view_of_course(course) for course in courses.values()),
        ways=tuple(ways),
        answers=tuple(
            _answer(subscription, key, way, known.get((key, way.method)), swaps=swaps)
            for key in courses
            for way in ways
        ),
        present=present,
        coming=(catalog.coming(subscription).key, method.value),
    )


def _answer(
    subscription: Subscription,
    course_key: str,
    way: ChangeWay,
    found: ChangePreview | ChangeRefused | None,
    *,
    swaps: bool,
) -> ChangeAnswer:
    refused: KaiinError | None = None
    is_present = (course_key, way.key) == (subscription.course.key, subscription.method)
    if found is None:
        refused = WayNotOffered(course=course_key, method=way.method.value)
    elif isinstance(found, ChangeRefused):
        refused = found
    elif swaps and is_present:
        refused = NothingToChange()
    elif way.new_card and not found.needs_page:
        # The present card is charged, or nothing is: no page would ask for another one.
        refused = CardApart()
    agreed = is_agreed(subscription, course_key=course_key, method=way.method)
    preview = found if refused is None and isinstance(found, ChangePreview) else None
    return ChangeAnswer(course_key, way, preview, refused, agreed)


def _registers(own: ChangePreview | ChangeRefused | None) -> bool:
    return isinstance(own, ChangePreview) and own.kind is ChangeKind.REGISTER
