# Why a member can or can't enter. For each finding: title, what happened, why, what to do.

access-ok-title = You can enter { $site }
access-ok-what = { $goes_on ->
    [yes] You have paid until { $until }. It renews by itself after that.
   *[no] Your access runs until { $until }.
}
access-ok-do = Please go ahead.

access-pending_slip-title = We are waiting for your payment at the store
access-pending_slip-what = We have not yet heard of the convenience store payment for { $site } ({ $amount }) that you began on { $started }.{ $open ->
    [yes] {""}
   *[no] {" "}Until then you can’t use the members’ pages.
}
access-pending_slip-why = { $slip ->
    [late] The deadline, { $deadline }, has passed. If you paid before it, it can take up to three hours for the store to confirm your payment.
   *[ready] It can take up to three hours for the store to confirm your payment.
}
access-pending_slip-do = { $slip ->
    [ready] If you have not paid yet, use this number at the store before the deadline. { $how } If you have paid, press “I have paid: check now”.
    [late] If you have paid, press “I have paid: check now”. If you have not, you can pay another way.
   *[none] No number has been issued yet. Go on with “See how to pay at the store” and choose a store.
}

access-pending_payment-title = Your payment is not finished
access-pending_payment-what = The payment ({ $method_name }, { $amount }) that you started on { $started } is not complete.
access-pending_payment-why = { $known ->
    [yes] It stopped part of the way through, or the confirmation has not reached us yet.
   *[no] We are waiting for the payment company’s answer. Until we have it, no new payment can start, so that you never pay twice.
}
access-pending_payment-do = { $known ->
    [yes] If you have finished paying, press “I have paid: check now”. If you stopped on the way, press “Continue the payment”.
   *[no] Please wait a little, then press “I have paid: check now”.
}

access-never_paid-title = We have not received a payment yet
access-never_paid-what = { $charged ->
    [no] We have your application to { $site }, but the payment is not complete. Nothing was charged.
    [slip] We have your application to { $site }, but we can’t see a payment yet. If you paid at the store in time, do not pay again: we will email you as soon as it is confirmed.
   *[unsaid] We have your application to { $site }, but the payment is not complete.
}
access-never_paid-why = { $failure ->
    [none] The payment was begun but not finished.
    [canceled] The payment was stopped on { $failed }.
    [expired] The time to pay ran out on { $failed }.
    [failed] The payment on { $failed } was not completed.
    [not_executed] The payment on { $failed } never reached the payment company.
    [amount_mismatch] The amount received on { $failed } was not the amount charged.
   *[other] The payment company’s answer on { $failed }: “{ $said }”
}
access-never_paid-do = Everything you registered is still here. Once you have paid, you can enter.

access-paused-title = You are on a break
access-paused-what = You are on a break from { $site } until { $until }.
access-paused-why = { $failure ->
    [none] Nothing is charged during a break, and the members’ pages are closed.
   *[other] Nothing is charged during a break, and the members’ pages are closed. { finding-refused }
}
access-paused-do = Come back sooner, or simply wait. You keep your member number and join date.

access-lapsed_monthly-title = Your payments have stopped
access-lapsed_monthly-what = { $reason ->
    [charged_back] The pages of { $site } were open to you until { $last_day }.
    [refunded] The pages of { $site } were open to you until { $last_day }.
   *[other] { $paid ->
        [yes] { $site } is paid until { $last_day }. The pages are closed because we have not received your next payment.
       *[no] The pages of { $site } are closed because we have not received your payment.
    }
}
access-lapsed_monthly-why = { $ended }
access-lapsed_monthly-do = { $retry ->
    [yes] We will try to charge { $amount } again on { $next_try }. To get in sooner, pay now. You keep your join date and member number.
   *[no] { $keeps ->
        [dated] Renew by { $until }, and you can enter at once. You keep your join date and member number.
       *[no] Once you have paid, you can enter. You keep your join date and member number.
    }
}

access-expired_lump_sum-title = Your prepaid membership has run out
access-expired_lump_sum-what = { $paid ->
    [yes] { $site } was paid until { $last_day }. The pages are closed because that day has passed.
   *[no] The pages of { $site } are closed because the time you had paid for has passed.
}
access-expired_lump_sum-why = { $ended } So nothing was charged after that.
access-expired_lump_sum-do = { $keeps ->
    [dated] Renew by { $until }, and you can enter at once. You keep your join date and member number.
   *[no] Renew it, and you can enter.
}

access-dormant-title = Your membership is waiting to be renewed
access-dormant-what = { $dated ->
    [yes] The members’ pages are closed, but we keep your join date and member number until { $until }.
   *[no] The members’ pages are closed, but we keep your join date and member number.
}
access-dormant-why = A membership does not end the moment its time runs out. We wait a while for you to renew.
access-dormant-do = { $dated ->
    [yes] Renew by { $until } to go on with the same join date and member number.
   *[no] Renew to go on with the same join date and member number.
}

access-withdrawn-title = Your membership of { $site } has ended
access-withdrawn-what = { $dated ->
    [yes] Your membership of { $site } ended on { $withdrawn }. You have not been charged since.
   *[no] Your membership of { $site } has ended, and you are not being charged.
}
access-withdrawn-why = { $ended }
access-withdrawn-do = { $keeps ->
    [yes] Rejoin by { $until } to keep your join date and member number. Your { ID_NAME() } and password stay as they are.
   *[no] You are welcome to rejoin. Your { ID_NAME() } and password stay as they are; the join date and member number will be new.
}

access-other_site-title = You have not joined { $site } yet
access-other_site-what = { $goes_on ->
    [yes] With this { ID_NAME() } you are a member of “{ $other }” (paid until { $until }, then renewed by itself). “{ $site }” is a different site.
   *[no] With this { ID_NAME() } you can enter “{ $other }” until { $until }. “{ $site }” is a different site.
}
access-other_site-why = Your { ID_NAME() } works everywhere, but each site has its own membership and fee.
access-other_site-do = { $joins ->
    [yes] You can go straight to “{ $other }”. To enter “{ $site }” too, join it with this same { ID_NAME() }.
   *[no] You can go straight to “{ $other }”.
}

access-no_membership-title = You have not joined { $site } yet
access-no_membership-what = We found no membership of { $site } under this { ID_NAME() }.
access-no_membership-why = If you joined with another { ID_NAME() } or email address, log in with that one and you can enter.
access-no_membership-do = If you are new here, you can join with this { ID_NAME() }.

access-disabled-title = This { ID_NAME() } is suspended
access-disabled-what = Our staff have suspended this { ID_NAME() }.
access-disabled-why = We cannot give the reason here.
access-disabled-do = Please contact us. Give us your { ID_NAME() } and the code below.

# While the member is in: what will happen next
membership-renewing-title = We are confirming your renewal
membership-renewing-what = We are waiting for the payment company’s answer. You keep access meanwhile.
membership-renewing-do = There is nothing for you to do.

membership-leaving-title = You are a member until { $until }
membership-leaving-what = { $charged ->
    [yes] { changing-fixed_leave }
   *[no] You have asked to leave. Nothing more will be charged.
}
membership-leaving-do = If you change your mind, you can stay as before.

membership-grace-title = We could not charge your fee
membership-grace-what = You have access until { $until }.
membership-grace-why = { finding-refused }
membership-grace-do = { $retry ->
    [yes] Please pay by { $until }. If you don’t, we will try to charge { $amount } again on { $next_try }.
   *[no] Please pay by { $until }.
}

membership-granted-title = You have access until { $until }
membership-granted-what = Our staff have opened the members’ pages to you. It costs you nothing.

membership-pausing-title = Your break begins after { $last_day }
membership-pausing-what = It lasts until { $until }. After that your membership goes on by itself.
membership-pausing-do = You can call it off before it begins.

membership-mandate_ended-title = Your next fee can’t be charged in your present way to pay
membership-mandate_ended-what = { $mandate ->
    [missing] No recurring payment ({ $method_name }) is set up yet. You have access until { $until }.
   *[ended] The agreement to charge you ({ $method_name }) was ended by the payment company or your mobile carrier. You have access until { $until }.
}
membership-mandate_ended-do = { $opens ->
    [later] The next period can be paid from { $opens_on }. Until then you can register a card for the renewal; nothing is charged now.
   *[now] To keep your access, please set up your payment.
}

membership-renewable-title = You can renew now
membership-renewable-what = Your membership runs out on { $until }.
membership-renewable-do = Renew by then to carry on without a break.

membership-fixed-title = Your next renewal is fixed
membership-fixed-what = The deadline for this renewal has passed, so it will be charged as agreed.
membership-fixed-do = Leaving or changing takes effect after that period.

# Why a payment came to nothing
finding-refused = { $failure ->
    [none] The payment was not completed.
    [canceled] The payment on { $failed } was cancelled.
    [expired] The time to pay ran out on { $failed }.
    [failed] The payment on { $failed } was not completed.
    [not_executed] The payment on { $failed } never reached the payment company.
    [amount_mismatch] The amount received on { $failed } was not the amount charged.
   *[other] About your payment on { $failed }, the payment company said: “{ $said }”
}

# One step out (buttons and links)
cure-enter = Go to { $site }
cure-check_payment = I have paid: check now
cure-open_slip = See how to pay at the store
cure-continue_payment = Continue the payment
cure-other_way = Pay another way
cure-pay = Go to payment
cure-renew = Renew
cure-rejoin = Rejoin
cure-resume = Come back sooner
cure-undo_pause = Cancel the break
cure-stay = Stay after all
cure-register_card = Register a card for the renewal
cure-go_to_site = Go to { $site }
cure-join = Join { $site }
cure-contact = Contact us

# What “check now” found
checked-waiting = We asked the payment company on { $at }. The payment has not arrived yet.
checked-expired = We asked the payment company on { $at }. The time to pay has run out.
checked-failed = We asked the payment company on { $at }. It said: “{ $said }”
checked-canceled = We asked the payment company on { $at }. The payment was cancelled.
checked-refunded = We asked the payment company on { $at }. This payment has been refunded.
checked-no_answer = We asked the payment company on { $at } but got no answer. Please try again in a little while.
checked-nothing = We looked on { $at } and found no payment under way.
checked-paid = We asked the payment company on { $at } and found your payment.

# Asking for a little patience
diagnosis-too_many_checks = You have checked several times in a row. Please wait about a minute and try again.
diagnosis-too_many_reports = There were too many requests in a short time. Please try again in about { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}.
