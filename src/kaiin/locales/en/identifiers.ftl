# What can be said from the shape of the text alone (nothing is looked up)

identifier-unknown = This does not look like your { ID_NAME() } or an email address. Please check it.

# What was read in spite of how it was written (shown only where it helps)
identifier-full_width = Full-width characters were read as half-width ones.
identifier-invisible = Invisible characters were taken out.
identifier-spaces = Spaces were taken out.
identifier-hyphen = Signs that look like a hyphen were read as one.
identifier-separators = Separators were taken out.
identifier-case = Capital and small letters were made alike.
identifier-wrapping = Brackets or quotation marks around it were taken off.
identifier-dot_mark = “。” was read as “.”.
identifier-comma = “,” was read as “.”.
identifier-doubled = Doubled signs were read as one.
identifier-surrounded = We left out the text around it.
identifier-repeated = We read it once, as it was entered twice.
identifier-spreadsheet = We turned a spreadsheet's number back into your { ID_NAME() }.
identifier-apostrophe = We changed a typographic apostrophe to a plain one.
identifier-label = The label in front of the number was taken off.
identifier-missing_prefix = The letter in front was added.
identifier-repeated_prefix = The repeated letter in front was read as one.
identifier-look_alike = It seems to contain letters that look like digits. Please check O and 0, and I, l and 1.
identifier-kana = Your keyboard seems to be set to kana. Please switch to letters and digits.
identifier-country_code = The country code was read as a Japanese number.

# What is said
identifier-empty = Enter your { ID_NAME() } or email address.
identifier-too_long = That is too long. Enter only your { ID_NAME() } or email address.
identifier-several = This seems to hold more than one { ID_NAME() } or email address, or a space inside one. Enter just one, without spaces.
identifier-check_digit = One digit of the { ID_NAME() } seems to be wrong, or two neighbours have changed places.
identifier-wrong_length = The { ID_NAME() } seems to have too few or too many digits.
identifier-other_prefix = The letter in front is not the one that your { ID_NAME() } begins with.
identifier-could_be_date = This looks like a date. Enter your { ID_NAME() } or email address.
identifier-mail_domain_typo = There seems to be a typing mistake after the “@” of the email address.
identifier-mail_domain_incomplete = The email address seems to break off after the “@”.
identifier-mail_incomplete = Something seems to be missing before or after the “@” of the email address.
identifier-mail_two_ats = There is more than one “@”.
identifier-mail_missing_at = The “@” of the email address seems to be missing.
identifier-mail_characters = The email address seems to contain characters that can’t be used there.
identifier-mail_old_carrier = This is an email address in a mobile carrier’s old form. You can use it as it is.
identifier-mail_dots = Please check where the dots stand in the email address.

# Recognised as other numbers
identifier-is_phone = This looks like a phone number. Log in with your { ID_NAME() } or email address.
identifier-is_docomo_payment = This looks like a docomo payment number (12 digits). Log in with your { ID_NAME() } or email address.
identifier-is_au_contract = This looks like an au continuing-billing ID. Log in with your { ID_NAME() } or email address.
identifier-is_au_payment = This looks like an au payment information number. Log in with your { ID_NAME() } or email address.
identifier-is_softbank_order = This looks like a SoftBank or Y!mobile order number. Log in with your { ID_NAME() } or email address.
identifier-is_konbini_slip = This looks like a convenience store slip number. Log in with your { ID_NAME() } or email address.
identifier-is_konbini_confirmation = This looks like a convenience store confirmation number. Log in with your { ID_NAME() } or email address.
identifier-is_card_payment = This looks like the reference of a card payment. Log in with your { ID_NAME() } or email address.
identifier-is_card_last4 = This looks like the last four digits of a card. Log in with your { ID_NAME() } or email address.
identifier-is_card_number = This looks like a credit card number. Please never enter it here. We have not kept it.
identifier-is_member_number = This looks like your member number at one site. Log in with your { ID_NAME() } or email address.

identifier-could_be_phone = This could be a phone number. Log in with your { ID_NAME() } or email address.
identifier-could_be_docomo_payment = This could be a docomo payment number. Log in with your { ID_NAME() } or email address.
identifier-could_be_au_contract = This could be an au continuing-billing ID. Log in with your { ID_NAME() } or email address.
identifier-could_be_au_payment = This could be an au payment information number. Log in with your { ID_NAME() } or email address.
identifier-could_be_softbank_order = This could be a SoftBank or Y!mobile order number. Log in with your { ID_NAME() } or email address.
identifier-could_be_konbini_slip = This could be a convenience store slip number. Log in with your { ID_NAME() } or email address.
identifier-could_be_konbini_confirmation = This could be a convenience store confirmation number. Log in with your { ID_NAME() } or email address.
identifier-could_be_card_payment = This could be the reference of a card payment. Log in with your { ID_NAME() } or email address.
identifier-could_be_card_last4 = This could be the last four digits of a card. Log in with your { ID_NAME() } or email address.
identifier-could_be_member_number = This could be your member number at one site. Log in with your { ID_NAME() } or email address.
