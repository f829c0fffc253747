# Pages that say what went wrong: what, why, what to do.
errors-home = Go to the top page
errors-retry = Open it again
errors-reference = Reference to quote:

errors-bad_request_title = We could not read that request
errors-bad_request_why = Something in what was sent could not be read.
errors-bad_request_do = Go back to the page before and try again.

errors-forbidden_title = This page can’t be shown
errors-forbidden_why = You don’t have permission to open it.
errors-forbidden_do = Check whether you are logged in as the right member.

errors-not_found_title = Page not found
errors-not_found_why = Its address may have changed, or was mistyped.
errors-not_found_do = Check the address, or start from the top page.

errors-failure_title = Sorry, something went wrong on our side
errors-failure_why = The cause is with us, not with what you did. It has been recorded.
errors-failure_do = Please wait a moment and try again. If you were paying, the same payment is never charged twice.

errors-stale_form_title = Please try again
errors-stale_form_why = The page had been open for a long time, or cookies are switched off in your browser, so we could not safely accept what was sent.
errors-stale_form_do = Open the page again with the button below. If this keeps happening, allow cookies in your browser’s settings.

errors-other_login_title = Please try again
errors-other_login_why = Your login changed after this page was opened, for example in another tab. What you sent has not taken effect.
errors-other_login_do = Open the page again with the button below and send it once more.

errors-crowded_title = It is very busy just now
errors-crowded_why = Very many people are logging in, so nothing has been done yet.
errors-crowded_do = Please try again in a few seconds.

errors-maintenance_title = We’ll be back in a few minutes
errors-maintenance_why = The service is under maintenance, or very busy.
errors-maintenance_do = Please try again in a few minutes.

# Errors that have a code and no page of their own.
error-unexpected = Something unexpected went wrong. Please try again in a little while.
outside-refused = The outside service refused the request.
outside-unavailable = The outside service cannot be reached. Please try again in a little while.
outside-unknown = The outside service has not answered. We are finding out whether it did what was asked.
