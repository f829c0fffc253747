# A site's own pages.
site-tabs = Members’ menu
site-members = Members
site-card = Member card
site-card_short = Card
site-what_you_get = What members get
site-courses = Courses and fees
site-a_month = a month
site-per_months =
    { $months ->
        [one] for a month
       *[other] for { $months } months
    }
site-tax_included = {" "}(tax included)
site-ways = Ways to pay: { $ways }
site-join_course = Join with this course
site-to_members = To the members’ page
site-already = Already a member?
site-already_text = Log in with your member ID or email address and your password.
site-trouble = You have paid but can’t log in?
site-environments = Recommended devices and browsers
site-greeting = Hello, { $name }
site-membership = Your membership
site-nickname = Nickname
site-course = Course
site-until = Valid until
site-see_card = See your card
site-card_text = Valid as of { $at }.
site-again_title = Please log in again
site-again_why = Logging in was interrupted: it took too long, or this page was opened in another browser.
site-again_do = Use the button below and stay in the same browser. Nobody else can see what you typed.
site-grace_title = We could not confirm your payment
site-grace_why = You can go on using the site until { $day }.
site-grace_do = See on My page how your payment stands.
