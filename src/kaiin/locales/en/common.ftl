# Words that every page shares.
common-skip = Skip to the content
common-header_links = Menu
# What the ID is called where no tenant has given it a name
common-id_name = member ID
common-my_page = My page
common-log_in = Log in
common-log_out = Log out
common-join = Join
common-back = Back
common-next = Continue
common-change = Change
common-change_what = {" "}{ $what }
common-cancel = Cancel
common-optional = (optional)
common-error = Error:
common-error_summary =
    { $count ->
        [one] Please check what you entered
       *[other] Please check what you entered ({ $count } places)
    }
common-fill_in = Enter your { $label }.
common-choose = { $label }: please choose one.
common-tick = Please tick “{ $label }”.
common-no_date = Please enter a real date, for example day 7, month 4, year 1998.
common-year = Year
common-month = Month
common-day = Day
common-busy = Sending…
common-total = Total (tax included)
common-tax_included = tax included
common-steps = Step { $now } of { $of }
common-code = Code to quote to support:
common-operated_by = Operated by { $name }
common-password_show = Show
common-password_hide = Hide
common-caps_lock = Caps Lock is on: you are typing capitals.
common-wide_typing = You have typed full-width characters. If your password is in plain letters and digits, switch your keyboard’s input mode.

# The seller
common-legal = Legal notice
common-legal_title = Legal notice (Act on Specified Commercial Transactions)
common-legal_seller = Seller
common-legal_representative = Person in charge
common-legal_address = Address
common-legal_contact = Contact
common-legal_registration = Qualified invoice issuer’s registration number
common-legal_price = Prices and renewal
common-legal_payment = When and how you pay
common-legal_payment_text = You pay when you join, in the way you choose. Where a course renews by itself, each renewal is charged in the same way.
common-legal_delivery = When your membership begins
common-legal_delivery_text = At once, as soon as your payment is confirmed.
common-legal_cancel = Leaving and refunds
common-legal_cancel_text = You can leave at any time on My page, and keep access until the end of the period you have paid for. By when a renewal can be stopped, and what is paid back, stands with each course above.

# Browsers
common-in_app_why = Inside an app you may lose your login without warning. Open this page in your usual browser before you log in.
common-in_app_line_title = You are inside the LINE app
common-in_app_line_do = Use the button below, or choose “Open in browser” from the menu at the bottom or top right.
common-in_app_line_open = Open in my usual browser
common-in_app_instagram_title = You are inside the Instagram app
common-in_app_instagram_do = Tap “…” at the top right and choose “Open in external browser”.
common-in_app_facebook_title = You are inside the Facebook app
common-in_app_facebook_do = Tap “…” at the top right and choose “Open in external browser”.
common-in_app_x_title = You are inside the X app
common-in_app_x_do = Tap the share button or “…” and choose “Open in browser”.
common-in_app_yahoo_title = You are inside the Yahoo! JAPAN app
common-in_app_yahoo_do = Tap the menu at the bottom and choose “Open in browser”.
common-in_app_google_title = You are inside the Google app
common-in_app_google_do = Tap “…” at the top right and choose “Open in browser”.
common-in_app_other_title = You are inside an app
common-in_app_other_do = Choose “Open in browser” from its menu, or copy this page’s address into your usual browser.

# The member card
common-member_card = Digital member card
common-member_number = Member number
common-joined = Member since

# Ways to pay
common-list_separator = {", "}
