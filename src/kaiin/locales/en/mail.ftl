# Mails about memberships and money. The tenant's name, sender and contact come in from outside.

## In every mail
mail-dear = Dear { $name },
mail-why = This is an important notice about your membership or payments at { $site }.
mail-my_page = My page: { $url }
mail-contact = Contact: { $address }
mail-not_you = If this was not you, please contact us at the address below.

## Facts, one a line
mail-member_id = { $identity }: { $member_id }
mail-member_number = Member number: { $number }
mail-members_page = Members’ page: { $url }
mail-receipt_number = Receipt number: { $number }
mail-course = Course: { $course }
mail-method = Paid by: { $method }
mail-total = Amount: { $total } (tax included)
mail-paid_on = Paid on: { $day }
mail-period = Period: { $from } to { $until }
mail-next_charge = Next payment: { $day } (renews by itself)
mail-no_next_charge = Next payment: none (does not renew by itself)
mail-slip_number = Slip number (受付番号): { $number }
mail-confirmation_number = Confirmation number (確認番号): { $number }
mail-deadline = Pay by: { $deadline }
mail-said = The payment company’s answer: { $reason }
mail-retry_on = We will try again on: { $day }
mail-fact = { $label }: { $value }

## What to do
mail-pay_on_my_page =
    You can pay, or choose another way to pay, on My page. Your joining date and member number stay as they are.
    { $url }
mail-keep_by_paying =
    Pay by { $until } to go on with the same joining date and member number. After that day your membership ends.
    { $url }

## Welcome
mail-welcome-subject = { $site }: thank you for joining
mail-welcome-body =
    Thank you for joining { $site }. Everything is set up.
    The members’ page is open to you now.
mail-welcome-after =
    Log in with your { $identity } or with this email address.
    My page always shows your { $identity }.

## A period was paid
mail-receipt-subject = { $site }: we have received your payment
mail-receipt-body = We have received your payment for { $site }. Thank you.
mail-receipt-bill = To check your bill or slip, or to ask us about this payment, use:
mail-receipt-after =
    Your receipt is here:
    { $url }

## A slip for the convenience store
mail-slip-subject = { $site }: your number for paying at the convenience store
mail-slip-body =
    Thank you for applying to { $site }.
    Please pay at a convenience store by the deadline.
mail-slip-after =
    The store’s message can take up to three hours to reach us. If you are in a hurry, log in: we check your payment on the spot.
    After the deadline this number can no longer be paid. In that case, please apply again.

## A renewal was not charged
mail-renewal_failed-subject = { $site }: we could not charge your membership fee
mail-renewal_failed-body = We tried to charge the fee for { $site } ({ $course }, { $method }), but the payment did not go through.
mail-renewal_failed-open = You keep access as before until { $until }.
mail-renewal_failed-closed = The members’ page stays closed until the payment has gone through.

## The card's or carrier's contract ended outside
mail-mandate_ended-subject = { $site }: your recurring payment has ended
mail-mandate_ended-body = The recurring payment for { $site } ({ $course }) was ended by the payment company or your carrier. Nothing more will be charged.
mail-mandate_ended-after = You keep access until { $until }, as you have paid for it. To carry on after that day, please set up your payment again.

## A lump sum can be renewed
mail-expiring-subject = { $site }: you can renew now
mail-expiring-body = Your membership ({ $course }) runs until { $until }. You can now renew it.
mail-expiring-after =
    This course does not renew by itself. Renew by that day to carry on with the same joining date and member number.
    The new period begins on the day after the present one, so renewing early costs you nothing.
    { $url }

## A lump sum ran out
mail-expired-subject = { $site }: your membership period has ended
mail-expired-body = Your membership ({ $course }) ended on { $until }. Nothing is charged by itself.

## Renewals were given up
mail-dormant-subject = { $site }: the members’ page is closed for now
mail-dormant-mandate_ended = The recurring payment for { $site } ({ $course }) has ended, so the members’ page is closed. It was paid until { $until }. Nothing more is charged by itself.
mail-dormant-body = We could not charge the fee for { $site } ({ $course }), so the members’ page is closed. It was paid until { $until }. Nothing more is charged by itself.

## Leaving
mail-left-subject = { $site }: your request to leave
mail-left-body = We have received your request to leave { $site } ({ $course }). Nothing more will be charged.
mail-left-running =
    You keep access until { $until }, as you have paid for it. Until then you can change your mind on My page.
    { $url }
mail-left-at_once = No paid time is left, so the members’ page is closed now.
mail-withdrawn-subject = { $site }: your membership has ended
mail-withdrawn-body = Your membership of { $site } has ended. Thank you for having been with us.
mail-withdrawn-after =
    Your { $identity } remains, and so do your memberships of other sites.
    Rejoin by { $until } to keep your joining date and member number.
    { $url }
