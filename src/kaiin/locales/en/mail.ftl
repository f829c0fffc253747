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
mail-reason = Reason: { $reason }
mail-said = The payment company’s answer: { $reason }
mail-retry_on = We will try again on: { $day }
mail-retry_later = And after that on: { $day }
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
mail-renewal_failed-tries =
    We will try again on the days above until it is paid. If you pay yourself before, you are not charged twice.
    If none of these tries goes through, we stop charging and write to you again.
mail-renewal_failed-closed = The members’ page stays closed until the payment has gone through.

## The card's or carrier's contract ended outside
mail-mandate_ended-subject = { $site }: your recurring payment has ended
mail-mandate_ended-body = The recurring payment for { $site } ({ $course }) has ended. Nothing more is charged by itself.
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
mail-dormant-refunded = The fee for { $site } ({ $course }) was refunded, so the members’ page is closed. Nothing more is charged by itself.
mail-dormant-charged_back = The payment for { $site } ({ $course }) was taken back by way of your card company or carrier, so the members’ page is closed. Nothing more is charged by itself.
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

## Leaving at once
mail-left_at_once-subject = { $site }: you have left
mail-left_at_once-body = You have left { $site } ({ $course }). The members’ page is closed to you from now on. Nothing more will be charged.
mail-left_at_once-refund = We are refunding { $amount } for the days you will not use, and will write again once it is done.
mail-left_at_once-no_refund = There is no fee to refund.

## A payment came to nothing without the member's doing
mail-vanished-subject = { $site }: your payment was not completed
mail-vanished-body = Your payment for { $site } ({ $course }, { $method }) ended without being completed. You have not been charged.
mail-vanished-again =
    You can pay again from this page:
    { $url }
mail-vanished-kept = You keep your joining date and member number.
mail-vanished-kept_until = Pay by { $until } to keep your joining date and member number.
mail-vanished-paid = If you have paid in another way in the meantime, there is nothing you need to do.

## Money that goes back
mail-refund_opened-subject = { $site }: we are checking a payment of yours
mail-refund_opened-body =
    We received { $amount } for { $site } ({ $course }). { $why ->
        [paid_twice] You had already paid the fee for the same period, so this sum was not used for it.
        [too_much] It is more than the fee, so this difference was not used.
       *[other] It came after the time for it had passed, so it was not used for a fee.
    }
mail-refund_opened-after = Our staff will look at it and write to you if it is refunded.
mail-refund_requested-subject = { $site }: we are refunding you
mail-refund_requested-body = We have started to refund { $amount } of your payment for { $site } ({ $course }), and will write again once it is done.
mail-refund_done-subject = { $site }: you have been refunded
mail-refund_done-body = We have refunded { $amount } of your payment for { $site } ({ $course }).
mail-refund_way =
    { $method ->
        [card] The money goes back to the card you paid with. Depending on your card company, it can take one to two months to show on your statement.
        [konbini] Payments at convenience stores are refunded by way of the payment company. They, or we, may ask you how you would like to receive the money.
       *[other] The money goes back by way of your mobile carrier. It can take one to two months to show on your bill.
    }

## To staff
mail-staff_member = { $identity }: { $member_id }
mail-staff_amount = Amount: { $amount }
mail-staff_payment = Payment: { $number }
mail-staff_page =
    Back office:
    { $url }
mail-staff_disputed-subject = { $site }: a payment is disputed
mail-staff_disputed-body =
    A member’s card company or carrier disputes the payment below.
    Please answer on the payment company’s own pages before the deadline. Until it is decided, the member’s access goes on.
mail-staff_charged_back-subject = { $site }: a payment was charged back
mail-staff_charged_back-body =
    The dispute was decided for the payer, and the payment below was taken back.
    The period it had paid for has ended, and nothing more is charged.
mail-staff_refund_failed-subject = { $site }: a refund failed
mail-staff_refund_failed-body =
    The payment company did not carry out the refund below.
    Try again under “Refunds” in the back office, or refund the member another way.

## Changes and pauses
mail-changed-subject = { $site }: your change has been made
mail-changed-body = Your course or way to pay at { $site } has been changed. The change takes effect on { $day }.
mail-changed-after =
    Your join date and member number stay as they are. My page shows what you have now.
    { $url }
mail-change_agreed-subject = { $site }: your course will change
mail-change_agreed-body = Your course at { $site } will change to “{ $course }” with the next renewal, on { $day }. Until then everything stays as it is.
mail-change_agreed-undone = The change of your course at { $site } has been taken back. The next renewal is again for “{ $course }”.
mail-change_agreed-amount = Next payment: { $amount } (tax included) on { $day }
mail-change_agreed-after =
    Your join date and member number stay as they are. You can take this change back on My page.
    { $url }
mail-card_registered-subject = { $site }: your new card has been registered
mail-card_registered-body = From the next payment for { $site } on, your new card will be charged. Registering it cost nothing.
mail-paused-subject = { $site }: your membership will be paused
mail-paused-body = You keep access to { $site } ({ $course }) until { $paid }, as you have paid for it. After that your membership is paused until { $until }: the members’ page is closed, and nothing is charged.
mail-paused-next = After the pause, the fee is charged on { $day } and you can enter again.
mail-paused-after =
    Your join date and member number stay as they are. You can come back earlier on My page.
    { $url }
mail-resumed-subject = { $site }: your pause has ended
mail-resumed-body = The pause of your membership of { $site } ({ $course }) has ended. Your join date and member number are as before.
