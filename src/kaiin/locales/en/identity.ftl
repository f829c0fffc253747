# Accounts: mails of the identity's flows, passwords, details, errors.

## Mails

mail-join_code-subject = { $site }: your code is { $digits }
mail-join_code-body =
    This email address was entered to join { $site }.
    To confirm the address, please enter this code on the page where you began.

    Code: { $digits }

    It works once, within { $minutes } minutes, in the browser where you began.

    If this was not you, please ignore this email. Nothing is registered unless the code is entered.
    Do not give this code to anyone. We never ask for it.
mail-join_known-subject = { $site }: you already have an account
mail-join_known-body =
    This email address was entered to join { $site }.
    It already belongs to a { $identity } account, so there is no need to register again.
    Please log in here and carry on:
    { $login_url }

    If you have forgotten your password, you can set a new one here:
    { $reset_url }

    If this was not you, please ignore this email. Nothing about your account has changed.
mail-reset_code-subject = { $identity }: code for a new password
mail-reset_code-body =
    You asked to set a new password.
    Please enter this code and your new password on the page where you began.

    Code: { $digits }
    { ID_NAME() }: { $member_id }

    It works once, within { $minutes } minutes, in the browser where you began.

    If you did not ask for it, please ignore this email. Your password stays as it is unless the code is entered.
    Do not give this code to anyone. We never ask for it.
mail-reset_unknown-subject = { $identity }: about your new password (no account found)
mail-reset_unknown-body =
    This email address ({ $address }) was entered to set a new password.
    We found no account with it.

    You may have registered with another address. Please try again with another email address of yours, or with your { ID_NAME() }:
    { $reset_url }

    If this was not you, please ignore this email.
mail-password_changed-subject = { $identity }: your password was changed
mail-password_changed-body =
    The password of { $identity } ({ $member_id }) was changed.
    To keep you safe, all other devices have been logged out.

    If you changed it yourself, there is nothing to do.

    If you did not, please set a new password at once:
    { $reset_url }

## Errors

identity-login_refused = The { ID_NAME() }, email address or password seems to be wrong. Please check them.
identity-disabled = This { ID_NAME() } cannot be used at present. Please contact us to learn more.
identity-login_outdated = The password was changed while you were logging in. Please log in with the new one.
identity-session_ended = Your login has ended. Please log in again.
identity-code_wrong = This code is wrong. Please check the { $digits } digits in the email. ({ $left ->
    [one] One more try
   *[other] { $left } more tries
    })
identity-code_used_up = This code no longer works, because it was entered wrongly { $tries } times. Please ask for a new one.
identity-code_expired = This code has expired: it was good for { $minutes } minutes. Please ask for a new one.
identity-code_used = This code has been used already. If you have set a new password, please log in with it.
identity-code_not_read = There is no number of { $digits } digits here. Please enter the code from the email.
identity-code_several = There are several numbers of { $digits } digits here. Please enter the code alone.
identity-too_many_mails = No more codes can be sent for now. Please try again in about { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
    }.
identity-asked_too_fast = Many people are asking from the same network just now. Please try again in { $seconds ->
    [one] a second
   *[other] { $seconds } seconds
    }.
identity-crowded = Very many people are logging in just now. Your password has not been checked yet. Please try again in a few seconds.
identity-mail_not_proven = Your email address is not confirmed, or that was too long ago. Please ask for a new code.
identity-already_registered = This email address already belongs to an account. Please log in and carry on.
identity-unknown_member = No such member was found.
identity-password_refused = This password cannot be used.
identity-old_password_wrong = The present password seems to be wrong. Please check it again.
identity-old_password_locked = After too many wrong tries it cannot be changed until { $until }. If it is urgent, set a new one by email.
identity-details_invalid = Please check what you entered.

## Passwords

password-too_short = Please use 8 characters or more.
password-too_short_staff = Staff passwords need 15 characters or more.
password-too_long = Please use 128 characters or fewer.
password-common = Many people use this password, so it is easy to guess. Please choose another.
password-own_data = Please use 8 characters or more besides your own name, birthday, email address and so on.
password-site_name = Please use 8 characters or more besides the names of the sites.

## Details

details-missing = Please fill this in.
details-too_long = This is too long. Please shorten it.
details-not_kana = Please write this in katakana.
details-not_a_date = Please enter a real date, such as 1 April 1990.
details-date_ahead = Please enter a date up to today.
details-date_too_old = Please check the year of birth.
details-unknown_prefecture = Please choose from the list.
details-not_a_phone = Please enter the whole phone number with its area code, such as 090-0000-0000. For a number outside Japan, begin with + and the country code, such as +1 202-555-0143.
details-not_an_address = Please enter an email address, such as name@example.jp.
details-several_addresses = Please enter one email address only, without spaces or words around it.

## Prefectures (ISO 3166-2:JP)

prefecture-JP-01 = Hokkaido
prefecture-JP-02 = Aomori
prefecture-JP-03 = Iwate
prefecture-JP-04 = Miyagi
prefecture-JP-05 = Akita
prefecture-JP-06 = Yamagata
prefecture-JP-07 = Fukushima
prefecture-JP-08 = Ibaraki
prefecture-JP-09 = Tochigi
prefecture-JP-10 = Gunma
prefecture-JP-11 = Saitama
prefecture-JP-12 = Chiba
prefecture-JP-13 = Tokyo
prefecture-JP-14 = Kanagawa
prefecture-JP-15 = Niigata
prefecture-JP-16 = Toyama
prefecture-JP-17 = Ishikawa
prefecture-JP-18 = Fukui
prefecture-JP-19 = Yamanashi
prefecture-JP-20 = Nagano
prefecture-JP-21 = Gifu
prefecture-JP-22 = Shizuoka
prefecture-JP-23 = Aichi
prefecture-JP-24 = Mie
prefecture-JP-25 = Shiga
prefecture-JP-26 = Kyoto
prefecture-JP-27 = Osaka
prefecture-JP-28 = Hyogo
prefecture-JP-29 = Nara
prefecture-JP-30 = Wakayama
prefecture-JP-31 = Tottori
prefecture-JP-32 = Shimane
prefecture-JP-33 = Okayama
prefecture-JP-34 = Hiroshima
prefecture-JP-35 = Yamaguchi
prefecture-JP-36 = Tokushima
prefecture-JP-37 = Kagawa
prefecture-JP-38 = Ehime
prefecture-JP-39 = Kochi
prefecture-JP-40 = Fukuoka
prefecture-JP-41 = Saga
prefecture-JP-42 = Nagasaki
prefecture-JP-43 = Kumamoto
prefecture-JP-44 = Oita
prefecture-JP-45 = Miyazaki
prefecture-JP-46 = Kagoshima
prefecture-JP-47 = Okinawa
prefecture-abroad = Outside Japan

## Command line

cli-staff-rights_set = Set the rights of { $member_id }.
cli-staff-created = Created { $member_id }. It can log in to the back office by that ID or by its email address.
password-full_width = The password of your last failed try had full-width characters. They are not the same as half-width ones.
password-outer_spaces = The password of your last failed try began or ended with a space.
password-over_legacy_limit = The password of your last failed try had more than 12 characters. Passwords of the former service have at most 12.
