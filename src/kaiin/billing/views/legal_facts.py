"""What the law wants said of each course, in the words of the request."""

from kaiin.billing.membership.wording import price_words, refund_words
from kaiin.billing.views.courses import CourseView
from kaiin.domain.periods import ChargeDay
from kaiin.infra.texts import format_money, localized, text


def course_words(course: CourseView) -> tuple[str, ...]:
    """What the law wants said of a course: price, fees, how it renews, until when that can be
    stopped, what is given back."""
    price = price_words(course.price, course.unit)
    lines = [text("fact.course", course=localized(course.name), price=price)]
    for way, fee in course.fees.items():
        lines.append(
            text(
                "fact.course_fee",
                way=text(f"payments.method.{way.value}"),
                fee=format_money(fee.amount, fee.currency),
            )
        )
    lines += _course_renewal(course)
    lines.append(refund_words(leave_at_once=course.terms.leave_at_once))
    return tuple(lines)


def _course_renewal(course: CourseView) -> list[str]:
    renewing = [way for way in course.terms.ways if course.terms.by(way).renews]
    if not renewing:
        return [text("fact.course_once")]
    if course.terms.lock_day is not None:
        until = "lock"
    else:
        business = course.terms.charge_day is ChargeDay.LAST_BUSINESS_DAY
        until = "business" if business else "end"
    stop = text("fact.course_stop", until=until, day=course.terms.lock_day or 0)
    if course.unit.each_month:
        return [text("fact.course_monthly"), stop]
    separator = text("common.list_separator")
    ways = separator.join(text(f"payments.method.{way.value}") for way in renewing)
    return [text("fact.course_months", ways=ways, months=course.unit.months), stop]
