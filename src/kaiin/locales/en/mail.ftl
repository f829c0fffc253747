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
mail-next_charge = Next renewal: { $next } (automatic)
mail-no_next_charge = Next renewal: none (it does not renew by itself)
mail-store = Store: { $store }
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
    You can pay, or choose another way to pay, on My page. Your join date and member number stay as they are.
    { $url }
mail-keep_by_paying =
    Pay by { $until } to go on with the same join date and member number. After that day your membership ends.
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
mail-slip-body_change =
    Here is the slip number for your change at { $site }.
    Please pay at a convenience store by the deadline. The change is made once your payment is confirmed.
mail-slip-body_again =
    Here is the slip number for your payment for { $site }.
    Please pay at a convenience store by the deadline.
mail-slip-after =
    It can take up to three hours for the store to confirm your payment. If you are in a hurry, log in: we check your payment on the spot.
    Once you have paid, please do not pay again in another way.
mail-slip-expires = After the deadline this number can no longer be paid. In that case, please apply again.
mail-slip-expires_again =
    After the deadline this number can no longer be paid. In that case, please start again on My page:
    { $url }

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
mail-mandate_ended-body = The recurring payment for { $site } ({ $course }) has ended. Nothing more is charged automatically.
mail-mandate_ended-after = You keep access until { $until }, as you have paid for it. To carry on after that day, please set up your payment again.

## A lump sum can be renewed, and runs out
mail-expiring-subject = { $site }: your membership is paid until { $day }
mail-expiring-body = { $site } ({ $course }) is paid until { $until }. You can renew it now.
mail-expiring-once = This course does not renew by itself.
mail-expiring-lost = There is no valid agreement to charge you, so it will not renew by itself.
mail-expiring-after =
    Renew by then and you go on with the same join date and member number.
    The new period begins the day after the present one. Renewing early makes it no shorter.
    { $url }

## A renewal is coming
mail-renewal_coming-subject = { $site }: your membership renews soon
mail-renewal_coming-break_subject = { $site }: your break ends soon
mail-renewal_coming-body = { $site } ({ $course }) renews by itself soon. To go on, there is nothing you need to do.
mail-renewal_coming-break = Your break from { $site } ({ $course }) lasts until { $until }. After that the fee is charged and you can enter again. To go on, there is nothing you need to do.
mail-renewal_coming-stop =
    If you do not want it to renew, leave or change your course on My page by { $day }.
    { $url }

## A dormant membership will be withdrawn
mail-withdrawing-subject = { $site }: your membership is about to end
mail-withdrawing-body = Your membership of { $site } is waiting to be renewed. If it is not renewed by { $until }, it ends.

## A lump sum ran out
mail-expired-subject = { $site }: your membership period has ended
mail-expired-body = Your membership of { $site } ({ $course }) ended on { $until }. Nothing is charged automatically.

## Renewals were given up
mail-dormant-subject = { $site }: the members’ page is closed for now
mail-dormant-body = The members’ pages of { $site } ({ $course }) are closed. Nothing more will be charged automatically.
mail-dormant-paid = {" "}What you have paid for ran until { $until }.

## Leaving
mail-left-subject = { $site }: your request to leave
mail-left-body = We have received your request to leave { $site } ({ $course }). Nothing more will be charged.
mail-left-fixed = We have received your request to leave { $site } ({ $course }). The deadline for the next renewal has passed, so it is still charged ({ $next }), and you leave at the end of that period. Nothing is charged after that.
mail-left-after = Your { $identity } stays as it is. If you rejoin by { $until }, you keep your join date and member number.
mail-left-running =
    You keep access until { $until }. Until then you can change your mind on My page.
    { $url }
mail-left-at_once = No paid time is left, so the members’ page is closed now.
mail-withdrawn-subject = { $site }: your membership has ended
mail-withdrawn-body = Your membership of { $site } has ended. Thank you for having been with us.
mail-withdrawn-unpaid = The time in which your membership of { $site } could be renewed is over, and it has ended. Thank you for having been with us.
mail-withdrawn-after =
    Your { $identity } remains, and so do your memberships of other sites.
    Rejoin by { $until } to keep your join date and member number.
    { $url }

## Leaving at once
mail-left_at_once-subject = { $site }: you have left
mail-left_at_once-body = You have left { $site } ({ $course }). The members’ page is closed to you from now on. Nothing more will be charged.
mail-left_at_once-refund = We are refunding { $amount } for the days you will not use, and will write again once it is done.
mail-left_at_once-no_refund = There is no fee to refund.

## A payment came to nothing without the member's doing
mail-vanished-subject = { $site }: your payment was not completed
mail-vanished-body = Your payment for { $site } ({ $course }, { $method }) was not completed.
mail-vanished-nothing_charged = You have not been charged.
mail-vanished-late_slip = If you paid at the store in time, do not pay again. We will email you as soon as the store has confirmed it.
mail-vanished-again =
    You can pay again from this page:
    { $url }
mail-vanished-kept = You keep your join date and member number.
mail-vanished-kept_until = Pay by { $until } to keep your join date and member number.
mail-vanished-paid = If you have paid in another way in the meantime, there is nothing you need to do.

## Money that goes back
mail-refund_opened-subject = { $site }: we are checking a payment of yours
mail-refund_opened-body =
    We received { $amount } for { $site } ({ $course }). { $why ->
        [paid_twice] You had already paid the fee for the same period, so this sum was not used for it.
        [too_much] It is more than the fee, so this difference was not used.
       *[other] It came after the time for it had passed, so it was not used for a fee.
    }
mail-refund_opened-after = Our staff will look at it and email you the outcome.
mail-second_payment-subject = { $site }: you have paid twice
mail-second_payment-body = We received { $amount } for { $site } ({ $course }). You had already paid the fee for the same period, so this sum was not used for it.
mail-second_payment-refunded = We have started an automatic refund. There is nothing you need to do. We will write again once it is done.
mail-second_payment-account = Cash paid at a store can’t be given back there, so we will transfer it to a bank account. Our staff will ask you for the account by letter or telephone. Until then there is nothing you need to do.
mail-second_payment-safety = We never ask for account numbers, card numbers or passwords by email or on social media. Please don’t write them in a reply to this mail either. If anything is unclear, contact us at the address below.
mail-refund_requested-subject = { $site }: we are refunding you
mail-refund_requested-body = We have started to refund { $amount } of your payment for { $site } ({ $course }), and will write again once it is done.
mail-refund_done-subject = { $site }: you have been refunded
mail-refund_done-body = We have refunded { $amount } of your payment for { $site } ({ $course }).
mail-refund_way =
    { $method ->
        [card] The money goes back to the card you paid with. Depending on your card company, it can take one to two months to show on your statement.
        [konbini] Payments at convenience stores are refunded by way of the payment company. They will tell you how to receive the money.
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
mail-staff_renewal_unknown-subject = { $site }: no answer for a week about a charge after a break
mail-staff_renewal_unknown-body =
    For a week the payment company has not said what became of the charge below. As it is the first after a break, the members’ page is now closed.
    Look it up on the payment company’s own pages. Once its answer comes, the rest happens by itself.

## Changes and pauses
mail-changed-subject = { $site }: your change has been made
mail-changed-body = Your course or way to pay at { $site } has been changed. The change takes effect on { $day }.
mail-changed-after =
    Your join date and member number stay as they are. My page shows what you have now.
    { $url }
mail-change_agreed-subject = { $site }: your course will change
mail-change_agreed-body = Your course at { $site } will change to “{ $course }” with the next renewal, on { $day }. Until then everything stays as it is.
mail-change_agreed-undone = The change of your course at { $site } has been taken back. The next renewal is again for “{ $course }”.
mail-change_agreed-after =
    Your join date and member number stay as they are. You can take this change back on My page.
    { $url }
mail-card_registered-subject = { $site }: your new card has been registered
mail-card_registered-card = New card: { $card }
mail-card_registered-body = From the next payment for { $site } on, your new card will be charged. Registering it cost nothing.
mail-paused-subject = { $site }: your break is noted
mail-paused-body = You keep access to { $site } ({ $course }) until { $paid }, as you have paid for it. After that you are on a break until { $until }: the members’ page is closed, and nothing is charged.
mail-paused-next = After the break, the fee is charged on the day above and you can enter again. If it is not approved, the members’ page stays closed until it is paid.
mail-paused-after =
    Your join date and member number stay as they are. You can come back earlier on My page.
    { $url }
mail-resumed-subject = { $site }: your break has ended
mail-resumed-body = Your break from { $site } ({ $course }) has ended. Your join date and member number are as before.

## Access that staff give
mail-granted-subject = { $site }: the members’ page is open to you
mail-granted-body = Our staff have opened the members’ page of { $site } to you. You have access until { $until }.
mail-granted-after = This costs you nothing, and nothing is charged when it ends. Time that you have paid for stays yours.
mail-grant_revoked-subject = { $site }: access given by our staff has ended
mail-grant_revoked-body = The access to { $site } that our staff gave you has ended. Time that you have paid for stays yours.
