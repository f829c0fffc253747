# My page
mypage-title = My page
mypage-greeting = Hello, { $name }
mypage-empty = You have not joined a site yet
mypage-empty_do = You can join any of the sites below with this { ID_NAME() }.
mypage-span_to = {"\u00A0"}–{"\u00A0"}

# Standing
mypage-standing_active = Member
mypage-standing_granted = Open to you
mypage-standing_leaving = Leaving
mypage-standing_past_due = Payment needed
mypage-standing_pending = Waiting for payment
mypage-standing_paused = On a break
mypage-standing_dormant = Waiting for renewal
mypage-standing_withdrawn = Ended

# Facts of a membership
mypage-course = Course
mypage-price_with_fee = { $price }, of which { $fee } is the handling fee
mypage-way = Way to pay
mypage-period = Paid for
mypage-last_period = Paid until
mypage-until = { $day }
mypage-next = Next charge
mypage-next_renewal = Next renewal
mypage-next_retry = We will try to charge { $amount } again on { $day }
mypage-next_none = Nothing more will be charged
mypage-next_opens = Renewal opens on { $day }

mypage-granted = Given by our staff

# The next step
mypage-stay = Stay after all
mypage-leave = Leave
mypage-give_up = Cancel this application
mypage-of_site = {" "}({ $site })

# Other sites
mypage-others = Other sites
mypage-sites = Sites you can join
mypage-others_what = Your { ID_NAME() } works everywhere. You join each site, and pay for it, on its own.
mypage-join = Join

# What was charged
mypage-charges = Payments
mypage-charges_what = Everything we have charged you, with your receipts.
mypage-charges_none = No payments yet
mypage-charges_none_do = Once you have paid, your receipts are listed here.
mypage-charges_all = See all payments
mypage-charges_lead = Everything that we charged or tried to charge. Payments that went through have a receipt.
mypage-charge_what = { $site }, { $course }
mypage-charge_paid = Paid
mypage-charge_failed = Could not be charged
mypage-charge_expired = Expired
mypage-charge_open = Being confirmed
mypage-charge_waiting = Waiting for payment
mypage-charge_parked = Held for you
mypage-charge_parked_why = Your money reached us but has not been used for a period. Our staff are looking into it.
mypage-charge_parked_refund = You had already paid the fee for the same period. The money is being refunded automatically; there is nothing you need to do.
mypage-charge_parked_account = You had already paid the fee for the same period. We will transfer the money to a bank account, which our staff ask for by letter or telephone, never by email or on social media.
mypage-charge_refunded = Refunded
mypage-charge_charged_back = Taken back
mypage-charge_charged_back_why = The payment was taken back by the card company or the payment company.
mypage-charge_part_refunded = { $amount } of it was refunded.
mypage-to_receipt = Receipt
mypage-to_receipt_of = {" "}({ $day }, { $what })
mypage-tax_included = (tax included)

# Leaving
mypage-leave_title = Leave { $site }?
mypage-leave_running = You keep access until { $day }. Nothing is charged after that.
mypage-leave_past_due = The unpaid fee will not be charged. The members’ pages close at once.
mypage-leave_lost = What leaving means
mypage-leave_lost_pages = After { $day } you can no longer use the members’ pages and your member card.
mypage-leave_lost_pages_now = You can no longer use the members’ pages and your member card.
mypage-leave_lost_number = We keep your member number { $number } and join date ({ $joined }) until { $until }. Rejoin by then and they are yours again; after that they will be new.
mypage-leave_no_days = No paid day is left, so nothing is paid back.
mypage-leave_kept_id = Your { ID_NAME() } ({ $member_id }) stays. You can log in to other sites as before.
mypage-leave_undo_until = You can change your mind on My page until { $day }.
mypage-leave_submit = Leave
mypage-leave_back = Don’t leave
mypage-left_title = You have asked to leave
mypage-left_until = You keep access to { $site } until { $day }. Nothing is charged after that.
mypage-left_mail = We have emailed the same to { $email }.
mypage-left_undo = If you change your mind by { $day }, you can stay as before.
mypage-left_home = Back to My page
mypage-give_up_title = Cancel your application to { $site }?
mypage-give_up_what = We stop waiting for your payment. A slip number from us can no longer be used.
mypage-give_up_charges = If you cancel, nothing more will be charged.
mypage-give_up_slip = If you have paid at the store, do not cancel: wait for the confirmation, which can take up to three hours.
mypage-give_up_submit = Cancel the application
mypage-give_up_back = Don’t cancel
mypage-said_stayed = You are staying. { $site } goes on as before.
mypage-said_left = You have left { $site }. Nothing more will be charged.
mypage-said_given_up = Your application to { $site } is cancelled. Nothing more will be charged.

# Member ID and details
mypage-identity = { ID_NAME() } and details
mypage-member_id = { ID_NAME() }
mypage-member_id_use = Log in with your { ID_NAME() } or your email address.
mypage-copy = Copy
mypage-copied = Copied
mypage-email = Email address
mypage-email_none = None on file
mypage-password = Password
mypage-password_set = Set
mypage-password_title = Change your password
mypage-password_lead = All other devices will be logged out. You stay logged in on this one.
mypage-password_old = Present password
mypage-password_new = New password
mypage-password_forgotten = Don’t know your present password? Set a new one by email
mypage-password_said = Your password is changed. All other devices have been logged out.
mypage-nickname = Nickname
mypage-legal_name = Name
mypage-legal_name_kana = Name in katakana
mypage-birth_date = Date of birth
mypage-prefecture = Prefecture
mypage-phone = Phone
mypage-details_wrong = If something here is wrong, please tell us at { $contact }, with your { ID_NAME() }.
