# Facts of courses and memberships: the same words on pages, in mails, on receipts and in commands.

## Price and unit
fact-price = { $amount } { $unit }, tax included
fact-unit_month = a month
fact-unit_months =
    { $months ->
        [one] for { $months } month
       *[other] for { $months } months
    }

## The next renewal
fact-next_renewal = { $price }, on { $day }
fact-renewal = The next charge is { $price }, on { $day }. After that it renews by itself { $rhythm } until you leave.
fact-rhythm_first = on the 1st of each month
fact-rhythm_day = each month on day { $day }
fact-rhythm_day_or_last = each month on day { $day } (or the last day of a shorter month)
fact-rhythm_business = on the last business day of each month
fact-rhythm_months = every { $months } months
fact-stop = Leave or change by { $day } and the next renewal ({ $charge }) is not charged.

## What leaving gives back
fact-no_refund = Given the nature of the service, fees that have been paid are not refunded.
fact-refund_days = If you choose to leave at once within a period, the fee for the days from the next day on is paid back. If you leave at the end of the period, nothing is paid back.

## The rules of a course
fact-course = { $course }: { $price }
fact-course_fee = Handling fee ({ $way }): { $fee }
fact-course_monthly = It renews by itself every month until you leave.
fact-course_months = If you pay by { $ways }, it renews by itself every { $months } months until you leave.
fact-course_once = It does not renew by itself.
fact-course_stop = { $until ->
    [lock] Leave or change by day { $day } of the month in which your period ends, and that renewal is not charged.
    [business] Leave or change by the day before the last business day of the month in which your period ends, and that renewal is not charged.
   *[end] Leave or change by the last day of your period, and that renewal is not charged.
}

## Beginning within a month
fact-days_left =
    { $days ->
        [one] {" "}(this month: { $days } day left)
       *[other] {" "}(this month: { $days } days left)
    }
fact-short_start_title =
    { $days ->
        [one] Only { $days } day of this month is left
       *[other] Only { $days } days of this month are left
    }
fact-short_start =
    { $days ->
        [one] Paid now, { $amount } buys { $days } day. Paid on { $whole_from } or later, it buys a whole month.
       *[other] Paid now, { $amount } buys { $days } days. Paid on { $whole_from } or later, it buys a whole month.
    }
fact-short_start_months =
    { $days ->
        [one] Paid now, the first of the { $months } months is only { $days } day long. Paid on { $whole_from } or later, { $amount } buys { $months } whole months.
       *[other] Paid now, the first of the { $months } months is only { $days } days long. Paid on { $whole_from } or later, { $amount } buys { $months } whole months.
    }

## Why it ended
fact-ended = { $reason ->
    [renewal_failed] { $refused ->
        [yes] The automatic renewal ({ $method }) was not approved on { $failed }. The payment company said: “{ $said }”
       *[no] The automatic renewal ({ $method }) could not be charged.
    }
    [mandate_ended] The agreement to charge you ({ $method }) was ended by the payment company or your mobile carrier.
    [left] You asked to leave.
    [refunded] It ended because your fee was paid back.
    [charged_back] Your payment was taken back through your card company or carrier.
    [replaced] Another contract took its place.
   *[expired] The time that you had paid for ended on { $day }; nothing was to renew it by itself.
}

## A card
fact-card = { $brand } ending in { $last4 }
