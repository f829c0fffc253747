# Memberships and money: what a charge consists of, and what went wrong.

billing-line-membership_fee = Membership fee
billing-line-handling_fee = Handling fee
billing-line-credit = Unused days of the course before

## Errors
billing-error = Something went wrong while handling your membership.
billing-course_not_offered = This course is not open for applications at present.
billing-slip_too_late = A convenience-store slip can be paid for { $days } days, but renewing is only possible until { $until }. So this time you can’t pay at a convenience store. Please choose another way to pay.
billing-way_not_offered = This course can’t be paid in the way you chose.
billing-consent_missing = You need to agree to the terms of use and the privacy policy first.
billing-already_member = You have paid already. No further payment is needed.
billing-other_course_running = You have another course at this site. You can change to this one in one step on My page.
billing-paused = You are on a break. You can come back at any time on My page.
billing-no_pause = You can’t take a break at present.
billing-change_refused = This change can’t be made at present.
billing-nothing_to_change = This is what you have already.
billing-renewal_fixed = The coming renewal is settled, so nothing can be changed now. You can make changes again from { $free_from }.
billing-change_not_yet = The next period can be paid from { $opens_on }.
billing-card_apart = This change is made with your present card. To use another card, keep your present course and register the card first.
billing-change_while_paused = You are on a break. Please come back first, then make the change.
billing-change_differs = What this change would cost is no longer what you were shown. Please check it again and confirm.
billing-payment_under_way = We are still waiting for the outcome of an earlier payment. So that you don’t pay twice, no new payment was started. Please try again in a little while.
billing-no_membership = There is no membership that this could be done for.
billing-leave_at_once_not_offered = This course ends with the period that is paid. To end it at once, please ask us.
billing-refund_differs = The date has changed since this page was opened, and so has the refund. Please check the new amount and confirm again.
billing-no_refund_case = There is no such refund.
billing-refund_decided = This refund has already been decided the other way.
billing-grant_too_long = Access can be given for { $days } days at most.
billing-grant_empty = Access must be given until a time in the future.
billing-no_grant = There is no such access to take back.
billing-unknown_transition = This can’t be done with the membership as it is now.
money-currency_mismatch = Two currencies can’t be added up.
ledger-unbalanced = The postings of an entry do not balance.
billing-import_conflict = This import key has already been used with other values.
billing-import_refused = This membership can’t be imported. { $reason ->
    [key] The import key must have 1 to 128 characters.
    [dates] The join date can’t be after the last paid day, nor after today.
    [over] The paid time is over, so neither a contract nor a number that has been given up can come along.
    [term] A paid period of this course must end with a month.
    [number] Member numbers go from 1 to 999999999999.
   *[mandate] The course does not renew by itself, so a contract can’t come along.
}
billing-number_taken = Member number { $number } belongs to another member.
