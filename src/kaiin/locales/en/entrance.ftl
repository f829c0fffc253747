# Log in
login-title = Log in
login-id = { ID_NAME() } or email address
login-id_hint = A former { $formerly } works too.
login-password = Password
login-submit = Log in
login-to_site = Logging in takes you to { $site }.
login-reset = Forgot your password?
login-trouble = Can’t log in?
login-join = New here? Join
login-suggestion = Change to { $suggestion }
login-suggestion_question = Did you mean:
login-anyway = If it is right as you typed it, enter your password again and press “Log in”.
login-refused_title = We could not log you in
login-refused = The { ID_NAME() }, email address or password seems to be wrong.
login-refused_wait = After ten wrong tries in a row, logging in is paused for up to 15 minutes. If you have tried many times, please wait about 15 minutes and try again.
login-refused_do = We can also email the reason, and how to put it right, to your registered address.
login-locked_title = Logging in is paused
login-locked = There were too many wrong tries in this browser. For safety you can’t log in until { $until }, even with the right password.
login-locked_do = If you can read mail at your registered address, set a new password and you can log in at once.
login-mended = Changed to { $suggestion }. Please enter your password.

# Log out
logout-title = Log out?
logout-what = You are logged in as { $who }. This logs you out of every site on this device.
logout-submit = Log out
logout-stay = Stay logged in
logout-done_title = You are logged out
logout-done_what = Thank you for your visit. On a shared device, please close the browser too.
logout-again = Log in again

# Cookies
cookies-title = Please allow cookies
cookies-what = Your browser does not accept cookies. Without them you cannot log in, even with the right password.
cookies-why = You have not entered your password yet. Change the setting, then try again.
cookies-steps = How to allow them
cookies-iphone_1 = Open Settings, then Apps, then Safari.
cookies-iphone_2 = Under Advanced, turn “Block All Cookies” off.
cookies-android_1 = In Chrome, open the menu (︙) and choose Settings.
cookies-android_2 = Under Site settings, open “Third-party cookies” or “Cookies” and stop blocking them.
cookies-other = Other browsers
cookies-other_1 = In your browser’s settings, open “Privacy” or “Cookies”.
cookies-other_2 = Allow cookies for this site ({ $host }).
cookies-private = If you are using a private or incognito window, open an ordinary one.
cookies-retry = Open the login page again

# Browsers inside apps (the steps are in common)
in_app-address = Address of this page
in_app-stay = Log in here all the same

# Reset the password
reset-title = Set a new password
reset-what = Enter your { ID_NAME() } or email address. We will send an 8-digit code to your registered email address.
reset-submit = Email me a code
reset-code_title = The code and your new password
reset-code_what = If there is an account, we have sent an email. The 8-digit code in it works for { $minutes } minutes.
reset-code = Code (8 digits)
reset-password = New password
reset-password_hint = At least 8 characters. 15 or more is safer.
reset-change = Change my password
reset-not_arrived = If no email arrives
reset-not_arrived_1 = Look in your spam folder.
reset-not_arrived_2 = Allow email from “{ $domain }” in your email settings.
reset-not_arrived_3 = If you have changed your email address, it may have gone to the old one.
reset-again = Get another code
reset-done_title = Your password is changed
reset-done_what = Log in with the new one. To keep you safe, all other devices have been logged out.
reset-expired_title = Please start again
reset-expired_what = Too much time has passed, or this was begun in another browser. Your password has not been changed.

# Can't log in?
trouble-title = Can’t log in?
trouble-lead = We will email you the reason and how to put it right.
trouble-what = The email goes to your registered address. It gives your { ID_NAME() }, where each membership stands, why you can’t get in, what to do next, and where to set a new password.
trouble-id = { ID_NAME() } or email address
trouble-submit = Email me the details
trouble-before = In these cases, start here
trouble-before_password = You forgot your password
trouble-before_password_do = Set a new password
trouble-before_paid = Paid but can’t log in
trouble-before_paid_do = If you know your password, log in: we check your payment on the spot and tell you the reason and what to do.
trouble-sent_title = We have your request
trouble-sent_what = If “{ $typed }” belongs to an account, the details will reach its registered address within a few minutes.
trouble-sent_why = To protect personal data, this page is the same whether or not an account exists.
trouble-sent_wait = If nothing arrives within a few minutes
trouble-other = Try another { ID_NAME() } or email address
trouble-contact = If that does not help
trouble-contact_do = Please contact us. We will never ask for your password or card number.
trouble-back = Back to log in

# Why you can or can't enter
entry-do = What you can do
entry-checking = Asking the payment company…
entry-signed_in = You are logged in as { $member_id }.
entry-switch = Log in with another { ID_NAME() }
entry-my_page = My page

# The mail with the report
trouble_report-subject = { $identity }: about logging in
trouble_report-unknown_subject = { $identity }: about logging in (no account found)
trouble_report-intro = You asked for help under “Can’t log in?”. Here is what we found.
trouble_report-member_id = { ID_NAME() }: { $member_id }
trouble_report-email = Registered email address: { $email }
trouble_report-log_in = You can log in with your { ID_NAME() } or your email address.
trouble_report-log_in_link = Log in: { $url }
trouble_report-reset_link = Forgot your password? { $url }
trouble_report-no_site = We found no membership. Please check whether you joined with another { ID_NAME() } or email address.
trouble_report-unknown = We found no account with this email address. If another address or { ID_NAME() } comes to mind, please try that one.
trouble_report-unknown_link = Try again: { $url }
trouble_report-not_you = If you did not ask for this, please ignore this email. Nothing about your account has changed.
trouble_report-never_ask = We will never ask for your password or card number.
trouble_report-code = Code to quote: { $quoted }
