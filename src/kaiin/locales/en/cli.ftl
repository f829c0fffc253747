# What commands tell people who run Kaiin.

## kaiin explain
cli-explain-unknown = No member is found for “{ $typed }”.
cli-explain-several = “{ $typed }” leads to more than one member: { $members }. Give the { ID_NAME() } of one.
cli-explain-head = { $member_id } ({ $nickname }), { $at }
cli-explain-disabled = This account is disabled: whatever is said below, it can’t be used to log in.
cli-explain-no_membership = No membership at any site.
cli-explain-open = { $name }: may enter. Open without a gap from { $since } to { $until }.
cli-explain-closed = { $name }: may not enter. It was open until { $until }.
cli-explain-never_open = { $name }: may not enter. Nothing has been open yet.
cli-explain-never_joined = { $name }: may not enter. No membership there.
cli-explain-opens = Opens on { $at }.
cli-explain-ended = Why: { $reason } (recorded on { $at })
cli-explain-period = Paid from { $since } to { $until }
cli-explain-imported = Paid in another system, imported: { $since } to { $until }
cli-explain-payment = { $amount } by { $method }, received { $at }
cli-explain-early = Over earlier, on { $until }: { $reason }
cli-explain-early-changed = changed to another course or way to pay.
cli-explain-early-left = left at once.
cli-explain-early-refunded = the money was given back.
cli-explain-early-charged_back = the bank took the money back.
cli-explain-grant-renewal = Grace for the renewal from { $since } to { $until }
cli-explain-grant-payment_unknown = Kept open while a payment's outcome is not known, from { $since } to { $until }
cli-explain-grant-staff = Given by staff from { $since } to { $until }
cli-explain-consent-confirmation = Agreed to the { $title } (version { $version }) on { $at }, at the final confirmation of { $site }
cli-explain-consent-question = Agreed to the { $title } (version { $version }) on { $at }, on the page that asks
cli-explain-consent_missing = Has not agreed to the { $title } (version { $version }). Access goes on; buying anew needs it.
cli-explain-finding = The member is told: { $title } ({ $quoted })
cli-explain-basis = By the records as they stand now, read at the instant above. Times are those of Japan.
