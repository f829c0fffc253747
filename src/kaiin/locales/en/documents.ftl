# Terms of use and privacy policy, and members' consent.
documents-title-terms = Terms of use
documents-title-privacy = Privacy policy
documents-applies_since = Version { $version }, in force since { $day }
documents-applies_from = Version { $version }, in force from { $day }
documents-old = This is an earlier version. Version { $version } is in force now
documents-to_current = Read the present { $title } (version { $version })
documents-coming = Version { $version } takes its place on { $day }
documents-to_coming = Read the new { $title } (version { $version })
documents-elsewhere = The full text stands on this page:
documents-new_tab = (opens in a new tab)
documents-others = Other versions
documents-version_from = Version { $version } (from { $day })
documents-named = { $title } (version { $version })
documents-within-terms = terms of use
documents-within-privacy = privacy policy
documents-and = {" and the "}

# Asked before buying
documents-agree_to = I agree to the { $documents }
documents-read_first = Please read these before you pay.
documents-apply = These apply:

# Asked after a login
documents-ask_title = Do you agree?
documents-ask_changed = There is a new version of the { $documents }. Please read it, and choose whether you agree.
documents-ask_first = We have no record that you agreed to the { $documents }. Please read, and choose whether you agree.
documents-changed = There is a newer version than the one you were shown. Please look again
documents-applies = In force since { $day }.
documents-read = Read the full text
documents-without_title = If you do not agree
documents-without_paid = You keep using the sites you have paid for, and automatic renewals go on.
documents-without_buying = You need to agree before you join, rejoin or renew by hand.
documents-without_again = We ask again the next time you log in.
documents-without_my_page = You can agree at any time on My page.
documents-agree = I agree
documents-later = Continue without agreeing for now

# On My page
documents-consents = What you have agreed to
documents-given-confirmation = Agreed to version { $version } on { $day }, when applying to { $site }
documents-given-question = Agreed to version { $version } on { $day }, when we asked
documents-read_version = Read version { $version }
documents-not_given = You have not agreed to version { $version } yet
documents-not_given_what = You keep using the sites you have paid for. You need to agree before you join, rejoin or renew by hand.
documents-to_question = Read and agree
