# Joining: the pages from the first look to the first payment.
join-step_course = Course
join-step_way = Way to pay
join-step_details = Your details
join-step_code = Check your email
join-step_confirm = Final check

# Course
join-course_title = Join { $site }
join-what_you_get = What members get
join-course = Course
join-price_monthly = { $price } a month
join-price_once = { $price }
join-known_already = Have a member ID already?
join-log_in_and_go_on = Log in and continue
join-no_courses = No new members can join at present
join-no_courses_text = Please come back later.

# Way to pay
join-way = Way to pay
join-way_title = Choose how to pay
join-way_lead = { $course } ({ $price }, tax included)
join-way_card = Visa, Mastercard, JCB and others. Your card company checks that it is you (3-D Secure).
join-way_docomo = Paid with your docomo phone bill. You need your 4-digit network PIN.
join-way_au = Paid with your au phone bill. You log in with your au ID.
join-way_softbank = Paid with your SoftBank or Y!mobile phone bill.
join-way_konbini = You get a slip number and pay at a convenience store before the deadline.
join-way_fee = Handling fee { $fee }

# Details
join-details_title = Your details
join-email = Email address
join-email_hint = We send a code here. You can log in with it, too.
join-email_typo = Did you mean { $suggestion }? If your address is right as it is, send it once more.
join-password = Password
join-password_hint = 8 characters or more; 15 or more is better. Symbols, Japanese and spaces are all fine.
join-password_kept = The password you entered before is kept. Enter one only to change it.
join-nickname = Nickname
join-nickname_hint = Shown on the members’ pages. You can change it later.
join-legal_name = Name
join-legal_name_hint = The name of the person who becomes a member. For example: Hanako Kaiin
join-legal_name_kana = Name in katakana
join-legal_name_kana_hint = For example: カイイン ハナコ
join-birth_date = Date of birth
join-birth_date_hint = For example: year 1998, month 4, day 7
join-prefecture = Prefecture
join-choose = Choose
join-phone = Phone number
join-phone_hint = For example: 090-1234-5678
join-minors = If you are a minor, ask a parent or guardian first. Even if they pay, register in your own name.
join-send_code = Email me a code

# Code
join-code_title = Enter the code from the email
join-code_lead = We sent a 6-digit code to { $email }. Please enter it within 10 minutes.
join-code_label = Code
join-code_sent_again = A new code is on its way. The one before no longer works.
join-no_mail = No email?
join-no_mail_known = If you already have a member ID, the email shows how to log in instead of a code.
join-no_mail_filter = Look in your spam folder. If your address is from a phone company, allow email from “{ $domain }”.
join-no_mail_typo = Check that the address is right.
join-change_email = Correct the address
join-send_again = Email me another code

# Final confirmation
join-confirm_title = Check before you pay
join-confirm_lead = Nothing is ordered yet. Please check everything, then go on to pay.
join-changed_title = Your order has changed
join-changed_text = It differs from what this page showed, perhaps through another tab. Please look again before paying.
join-trouble_text = Nothing was charged. Please try again in a little while.
join-what = Your order
join-site = Site
join-period = Period
join-period_text = From payment until { $until }
join-period_following = { $start } to { $until }, following the present period
join-valid_until = Valid until
join-charges = Payment
join-charge_now = To pay now
join-next_charge = The next charge is { $amount } on { $day }. After that it renews each period until you leave.
join-no_next_charge = It does not renew. It ends after { $until } and nothing more is charged.
join-slip_deadline = Pay at a convenience store within { $days } days of getting the slip number. After that your order is cancelled.
join-cancelling = Leaving
join-cancelling_renewing = You can leave at any time on My page. Leave before the next charge and nothing more is charged. You keep access until the end of the period you have paid for.
join-cancelling_once = It does not renew, so there is no need to leave. You can also leave early on My page.
join-no_refund = Given the nature of the service, fees that have been paid are not refunded.
join-minor_title = A parent or guardian must agree
join-minor_text = Under { $age }, you need the consent of a parent or guardian. Please look at this page together.
join-guardian_label = My parent or guardian agrees
join-pay = Pay { $amount }
join-pay_busy = Going on to pay…
join-pay_note = You go on to the payment company’s page. We never receive your card number or PIN.

# On to the provider
join-go_title = On to pay
join-go_lead = The payment company’s page comes next. Please press the button.
join-go = Go on to pay

# Back from the provider
join-paid_title = Welcome, and thank you
join-paid_lead = We have received your payment. { $site } is open to you now.
join-member_id = Member ID
join-paid = Paid
join-keep_id = Log in with your member ID ({ $id_name }) or your email address. We have emailed you the ID, too.
join-enter = Enter { $site }
join-receipt = See the receipt
join-slip_title = Pay at a convenience store
join-slip_lead = Please pay at a convenience store by { $deadline }.
join-amount = Amount
join-deadline = Deadline
join-slip_how = Give the numbers above at the store’s terminal or till. You become a member on the day you pay there. The store’s message can take up to three hours to reach us.
join-slip_mailed = We have emailed the same to { $email }.
join-check_now = I have paid: check now
join-asked_at = We asked the payment company at: { $at }
join-open_title = We can’t see a completed payment yet
join-open_lead = Your payment is not finished.
join-open_text = If you have paid, press “I have paid: check now”. Once your payment is there, you can enter at once. You are never charged twice.
join-pay_on = Back to the payment page
join-failed_page = The payment did not go through
join-failed_title = The payment is not complete. Nothing was charged.
join-failed_text = Choose another way to pay, or try again. What you entered is kept.
join-try_again = Choose a way to pay
