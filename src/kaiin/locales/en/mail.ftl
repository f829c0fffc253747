# Mails about memberships and money. The tenant's name, sender and contact come in from outside.

## In every mail
mail-dear = Dear { $name },
mail-why = This mail concerns your dealings with { $site }, so it can't be unsubscribed from.
mail-my_page = My page: { $url }
mail-contact = Contact: { $address }
mail-not_you = If this was not you, please contact us at the address below.

## Facts, one a line
mail-member_id = { $identity }: { $member_id }
mail-member_number = Member number: { $number }
mail-members_page = Members' page: { $url }
mail-receipt_number = Receipt number: { $number }
mail-course = Course: { $course }
mail-method = Paid by: { $method }
mail-total = Amount: { $total } (tax included)
mail-paid_on = Paid on: { $day }
mail-period = Period: { $from } to { $until }
mail-next_charge = Next payment: renews by itself on { $day }
mail-no_next_charge = Next payment: none, it does not renew by itself
mail-slip_number = Slip number: { $number }
mail-confirmation_number = Confirmation number: { $number }
mail-deadline = Pay by: { $deadline }
mail-said = The payment company's answer: { $reason }
mail-retry_on = We will charge again on: { $day }

## What to do
mail-pay_on_my_page =
    You can pay, or choose another way to pay, on My page. Your joining date and member number stay as they are.
    { $url }
mail-keep_by_paying =
    Pay by { $until } to go on with the same joining date and member number. After that day your membership ends.
    { $url }

## Welcome
mail-welcome-subject = { $site }: welcome
mail-welcome-body =
    Thank you for joining { $site }. Everything is set up,
    and the members' page is open to you now.
mail-welcome-after =
    Log in with your { $identity } or with this mail address.
    My page always shows your { $identity }.
## A period was paid
mail-receipt-subject = { $site }: we have received your payment
mail-receipt-body = We have received your payment for { $site }. Thank you.
mail-receipt-after =
    The receipt, with the numbers that your statement shows, is here:
    { $url }

## A slip for the convenience store
mail-slip-subject = { $site }: your number for paying at the store
mail-slip-body =
    Thank you for applying to { $site }.
    Please pay at the convenience store by the time below.
mail-slip-after =
    It can take three hours until the store's message reaches us. If you don't want to wait, log in: we then ask at once.
    After the deadline this number can't be paid any more; please apply again.

## A renewal was not charged
mail-renewal_failed-subject = { $site }: we could not charge your membership fee
mail-renewal_failed-body = We tried to charge the fee for { $site } ({ $course }, { $method }), but the payment did not go through.
mail-renewal_failed-open = Through { $until } nothing changes for you.
mail-renewal_failed-closed = The members' page stays closed until the payment has gone through.

## The card's or carrier's contract ended outside
mail-mandate_ended-subject = { $site }: your recurring payment has ended
mail-mandate_ended-body = The recurring payment for { $site } ({ $course }) was ended at the payment company or your carrier. Nothing more will be charged.
mail-mandate_ended-after = What you have paid for stays yours through { $until }. To go on after that day, please pay again.
## A lump sum can be renewed
mail-expiring-subject = { $site }: you can renew now
mail-expiring-body = Your membership ({ $course }) runs through { $until }. From now on you can renew it.
mail-expiring-after =
    This course does not renew by itself. Renew before that day to go on with the same joining date and member number.
    The new period begins on the day after the present one: renewing early costs you no day.
    { $url }

## A lump sum ran out
mail-expired-subject = { $site }: your membership period has ended
mail-expired-body = Your membership ({ $course }) ended on { $until }. Nothing is charged by itself.
## Renewals were given up
mail-dormant-subject = { $site }: the members' page is closed for now
mail-dormant-mandate_ended = The recurring payment for { $site } ({ $course }) has ended, so the members' page is closed. It was paid through { $until }. Nothing more is charged by itself.
mail-dormant-body = We could not charge the fee for { $site } ({ $course }), so the members' page is closed. It was paid through { $until }. Nothing more is charged by itself.
## Leaving
mail-left-subject = { $site }: you are leaving
mail-left-body = We have noted that you are leaving { $site } ({ $course }). Nothing more will be charged.
mail-left-running =
    What you have paid for stays yours through { $until }. Until then you can change your mind on My page.
    { $url }
mail-left-at_once = No paid time is left, so the members' page is closed now.
mail-withdrawn-subject = { $site }: your membership has ended
mail-withdrawn-body = Your membership of { $site } has ended. Thank you for having been with us.
mail-withdrawn-after =
    Your { $identity } remains, and so do your memberships of other sites.
    Join again by { $until } and you keep your joining date and member number.
    { $url }
