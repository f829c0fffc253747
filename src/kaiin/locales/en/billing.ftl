# Memberships and money: what a charge consists of, and what went wrong.

billing-line-membership_fee = Membership fee
billing-line-handling_fee = Handling fee
billing-line-credit = Unused days of the course before

## Errors
billing-error = Something went wrong while handling your membership.
billing-course_not_offered = This course is not open for applications at present.
billing-way_not_offered = This course can’t be paid in the way you chose.
billing-already_member = You have paid already. No further payment is needed.
billing-other_course_running = You have another course at this site. Please apply once it has ended.
billing-payment_under_way = We are still waiting for the outcome of an earlier payment. So that you don’t pay twice, no new payment was started. Please try again in a little while.
billing-no_membership = There is no membership that this could be done for.
billing-unknown_transition = This can’t be done with the membership as it is now.
money-currency_mismatch = Two currencies can’t be added up.
ledger-unbalanced = The postings of an entry do not balance.
