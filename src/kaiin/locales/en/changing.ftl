# Changing the course, the way to pay or the card
changing-title = Change course or way to pay
changing-lead = Your join date and member number stay as they are. You see amounts and dates before anything is decided.
changing-now = Now
changing-then = After the change
changing-course_part = { $course },{"\u00A0"}
changing-course_way = { $course }, { $way }
changing-which_course = Which course would you like?
changing-which_way = How would you like to pay?
changing-new_card = Another card
changing-new_card_how = You register a new card.
changing-only_with = { $courses } only
changing-show = Show what I chose
changing-answer = What you chose
changing-today = To pay now
changing-credited = Taken off
changing-next_charge = Next charge
changing-go_on = Continue with this
changing-present = This is what you have now. Choose the course or the way to pay that you would like instead.
changing-present_due = This is what you have now. To keep it, please pay from My page.
changing-agreed = This change is already planned.
changing-not_together = { $course } can’t be paid by { $way }. Ways to pay it: { $ways }
changing-card_again = You pay on the payment company’s page. Please enter your card there again, even if it is the same one.
changing-how_now_with_credit = Takes effect today. You pay { $amount } now: the days left of your present period are taken off.
changing-how_at_end = Nothing changes until { $day }; the next period is the new one. Nothing to pay now.
changing-how_register = You register a new card; your next fee is charged to it. Nothing to pay now.
changing-how_register_course = You register a card. Nothing changes until { $day }; the next period is the new one. Nothing to pay now.
changing-how_prepaid = You pay { $amount } for the next period in advance. Nothing changes until { $day }.
changing-how_due = Once you have paid { $amount }, it takes effect at once.
changing-how_undo = Takes back the change that is planned. Nothing to pay now.
changing-none = There is nothing that can be changed right now.
changing-confirm_title = Check your change
changing-confirm_lead = Nothing has been changed yet. Please check the details before you go on.
changing-what = What changes
changing-from = Takes effect
changing-from_today = Today, as soon as the payment is confirmed
changing-from_registered = As soon as the card is registered
changing-first_period = First period
changing-kept = { $number }, joined { $joined }: stays the same
changing-nothing_now = Nothing to pay now.
changing-credit_why = { $days ->
    [one] The { $amount } taken off is for the { $days } day left of your present period, today included (rounded down to the yen).
   *[other] The { $amount } taken off is for the { $days } days left of your present period, today included (rounded down to the yen).
}
changing-anchor_moves = From now on your periods begin on day { $day } of the month.
changing-contract_ends = We end your present way to pay ({ $way }) when the change takes effect. There is nothing for you to do.
changing-trouble = Nothing has been changed. Please wait a little and try again.
changing-do_now_with_credit = Pay { $amount } and change
changing-do_at_end = Change
changing-do_register = Go on to register a card
changing-do_prepaid = Pay { $amount } and change
changing-do_undo = Take the change back
changing-said_agreed = Your change is noted: { $course } from { $day }.
changing-said_undone = The planned change was taken back. { $course } goes on.
changing-next_course = From the next period
changing-slip_over = After that the change is not made and everything goes on as before.
changing-fixed_title = Your next renewal is fixed
changing-fixed_leave = The deadline for this renewal has passed: { $amount } is charged on { $day }, and you leave at the end of that period.

# Back from paying or registering
changing-returned_title = Your change is done
changing-returned_lead = Your payment is confirmed. Your join date and member number stay the same.
changing-registered_title = Your card is registered
changing-registered_lead = From your next payment on, this card is charged. Nothing was charged now.

# A pause
changing-pause_link = Take a break
changing-pause_title = Take a break from { $site }
changing-pause_lead = Nothing is charged during your break.
changing-pause_until_then = Until { $day } you can use everything as before.
changing-pause_closed = During the break the members’ pages and your digital card are closed.
changing-pause_kept = You keep member number { $number } and your join date ({ $joined }).
changing-pause_resumes = After the break your membership continues automatically. You can come back sooner, or leave, at any time.
changing-pause_money_first = If the first payment after your break is not approved, the members’ pages stay closed until it is paid. There is no period of grace.
changing-pause_how_long = How long is your break?
changing-pause_missing = Choose how long your break is.
changing-pause_until = { $start } – { $until }
changing-pause_then = Goes on with a charge of { $amount } on { $day }.
changing-pause_do = Take the break
changing-pause_back = Go on without a break
changing-said_paused = Your break is noted. Until { $day } you can use everything as before.
changing-resume_title = Come back to { $site }
changing-resume_lead = As soon as you have paid, you are back.
changing-resume_undo_lead = Without the break, you go on after { $day } as before.
changing-resume_do = Pay { $amount } and come back
changing-resume_cancel = Cancel the break
changing-resume_back = Leave it as it is
changing-said_pause_undone = Your break was cancelled. Everything goes on as before.
changing-said_resumed = Your payment is confirmed and you are back.
changing-said_resume_waits = We are waiting for the payment company’s answer. You are back as soon as the payment is confirmed.
changing-said_resume_failed = The payment did not go through, so your break goes on. The payment company said: “{ $said }”

# Leaving at once
changing-leave_when = When would you like to leave?
changing-leave_at_end = On { $day }
changing-leave_at_end_what = You can use everything until the end of the period you have paid for. Nothing is paid back.
changing-leave_now = Now
changing-leave_now_what = The members’ pages close at once. We pay back { $amount } for the days from tomorrow on.
changing-said_left_now = You have left { $site }. We have begun to pay back { $amount }.
