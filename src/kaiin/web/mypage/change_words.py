"""A change in words: the options of its two questions, and what each pair of answers comes to."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kaiin.billing.errors import WayNotOffered
from kaiin.billing.membership.change_plans import ChangePreview
from kaiin.billing.membership.wording import card_words, price_words
from kaiin.billing.views.change_choices import ChangeAnswer, ChangeChoices, ChangeWay
from kaiin.billing.views.memberships import MembershipView
from kaiin.domain.changes import ChangeKind, NothingToChange
from kaiin.domain.payments import Method
from kaiin.domain.periods import japanese_date, last_day
from kaiin.domain.subscriptions import SubscriptionState
from kaiin.infra.texts import error_text, format_date, localized, text
from kaiin.web.parts.forms import Choice
from kaiin.web.parts.words import money_words, priced_lines, way_words


def course_options(choices: ChangeChoices) -> list[tuple[str, Choice]]:
    """The first question's options."""
    return [
        (
            course.key,
            Choice(
                title=localized(course.name),
                price=price_words(course.price, course.unit),
                tag=_tag(course.key, choices.present[0], choices.coming[0]),
            ),
        )
        for course in choices.courses
    ]


def way_options(choices: ChangeChoices, view: MembershipView) -> list[tuple[str, Choice]]:
    """The second question's options."""
    return [(way.key, _way(way, choices, view)) for way in choices.ways]


def answers_of(
    choices: ChangeChoices, view: MembershipView, chosen: tuple[str, str], now: datetime
) -> list[dict[str, object]]:
    """What `change_answer.html` shows below the questions for each pair of answers. `facts` is
    empty where the change can't be made; `url` leads on."""
    return [_answer(answer, choices, view, chosen, now) for answer in choices.answers]


def choosing_url(preview: ChangePreview, view: MembershipView) -> str:
    """The two questions with the answers that led to a change."""
    way = ChangeWay(preview.method, new_card=_swaps_card(preview, view))
    query = urlencode({"course": preview.course_key, "way": way.key})
    return f"{reverse('mypage:change', args=[view.site_key])}?{query}"


def facts_of(preview: ChangePreview, view: MembershipView, now: datetime) -> dict[str, Any]:
    """What the answer and the confirmation show of a change."""
    registers = preview.kind is ChangeKind.REGISTER
    at_once = "changing.from_registered" if registers else "changing.from_today"
    kind = "undo" if preview.undoes else preview.kind.value
    from_date = format_date(japanese_date(preview.from_at))
    by_card = preview.needs_page and preview.method is Method.CARD
    swaps = _swaps_card(preview, view)
    way = text("changing.new_card") if swaps else way_words(preview.method)
    return {
        "preview": preview,
        "now": text(
            "changing.course_way", course=localized(view.course_name), way=way_words(view.method)
        ),
        "now_card": card_words(view.mandate) if view.mandate else "",
        "then": text("changing.course_way", course=localized(preview.course_name), way=way),
        "from_words": text(at_once) if preview.from_at <= now else from_date,
        "period_label": "" if swaps else text("changing.first_period"),
        "lines": priced_lines(preview.lines),
        "button": text(f"changing.do_{kind}", amount=money_words(preview.total)),
        "old_way": way_words(view.method),
        "card_again": by_card and view.mandate is not None and bool(view.mandate.last4),
        "anchor": preview.period.anchor_day if preview.moves_anchor else None,
    }


def how_words(preview: ChangePreview, view: MembershipView) -> str:
    """What is paid today and from when it is the new course or way: a sentence or two."""
    kind = "undo" if preview.undoes else preview.kind.value
    if view.state is SubscriptionState.PAST_DUE:
        kind = "due"
    elif preview.kind is ChangeKind.REGISTER and preview.course_key != view.course_key:
        kind = "register_course"
    day, amount = last_day(preview.from_at), money_words(preview.total)
    return text(f"changing.how_{kind}", day=day, amount=amount)


def _way(way: ChangeWay, choices: ChangeChoices, view: MembershipView) -> Choice:
    if way.new_card:
        return Choice(title=text("changing.new_card"), detail=text("changing.new_card_how"))
    detail = ""
    if way.key == choices.present[1] and view.mandate is not None:
        detail = card_words(view.mandate)
    able = [course for course in choices.courses if way.method in course.terms.ways]
    if len(able) < len(choices.courses):
        names = text("common.list_separator").join(localized(course.name) for course in able)
        detail = text("changing.only_with", courses=names)
    fees = {course.fees.get(way.method) for course in able}
    fee = fees.pop() if len(fees) == 1 else None
    return Choice(
        title=way_words(way.method),
        detail=detail,
        note=text("join.way_fee", fee=money_words(fee)) if fee else "",
        tag=_tag(way.key, choices.present[1], choices.coming[1]),
    )


def _tag(key: str, present: str, coming: str) -> str:
    if key == present:
        return text("changing.now")
    return text("changing.next_course") if key == coming else ""


def _answer(
    answer: ChangeAnswer,
    choices: ChangeChoices,
    view: MembershipView,
    chosen: tuple[str, str],
    now: datetime,
) -> dict[str, object]:
    course = next(each for each in choices.courses if each.key == answer.course_key)
    way = text("changing.new_card") if answer.way.new_card else way_words(answer.way.method)
    preview = answer.preview
    url = ""
    if preview is not None and not answer.agreed:
        args = [view.site_key, answer.course_key, answer.way.method.value]
        url = reverse("mypage:change_confirm", args=args)
    return {
        "key": "/".join(answer.key),
        "course": localized(course.name),
        "way": way,
        "chosen": answer.key == chosen,
        "lines": _lines(answer, choices, view),
        "facts": facts_of(preview, view, now) if preview is not None else {},
        "url": url,
    }


def _lines(answer: ChangeAnswer, choices: ChangeChoices, view: MembershipView) -> list[str]:
    """Why it can't be done; or what it is, where that is more than a change."""
    error = answer.refused
    if error is None:
        if answer.agreed or answer.preview is None:
            return [text("changing.agreed")]
        return [how_words(answer.preview, view)]
    if isinstance(error, NothingToChange):
        due = view.state is SubscriptionState.PAST_DUE
        return [text("changing.present_due" if due else "changing.present")]
    if isinstance(error, WayNotOffered):
        course = next(each for each in choices.courses if each.key == answer.course_key)
        ways = text("common.list_separator").join(way_words(way) for way in course.terms.ways)
        name, way = localized(course.name), way_words(answer.way.method)
        return [text("changing.not_together", course=name, way=way, ways=ways)]
    return [error_text(error)]


def _swaps_card(preview: ChangePreview, view: MembershipView) -> bool:
    """Whether only the card becomes another one."""
    registers = preview.kind is ChangeKind.REGISTER and view.method is Method.CARD
    return registers and preview.course_key == view.course_key
