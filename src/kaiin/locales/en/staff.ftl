# The back office
staff-title = Back office
staff-search_member = { ID_NAME() }, email address (a former one too), name, phone
staff-search_membership = { ID_NAME() }, email address, member number, number of a bill, slip or receipt
staff-members = Members
staff-memberships = Memberships
staff-money = Money
staff-tenant = Settings (tenant file)
staff-machinery = Records and delivery
staff-table_member = Members
staff-table_loginidentifier = IDs and email addresses
staff-table_loginattempt = Tries to log in
staff-table_session = Logged-in devices
staff-table_membership = Memberships by site
staff-table_subscription = Subscriptions
staff-table_entitlement = Windows of access
staff-table_grant = Grace and grants
staff-table_payment = Payments
staff-table_paymentreference = Numbers of bills and slips
staff-table_mandate = Rights to charge
staff-table_refund = Refunds at the providers
staff-table_charge = Charges
staff-table_period = Paid periods
staff-table_receipt = Receipts
staff-table_refundcase = Refunds
staff-table_ledgerentry = Ledger
staff-table_tenant = Tenant
staff-table_site = Sites
staff-table_course = Courses
staff-table_auditrow = Audit log
staff-table_event = Event log
staff-table_delivery = Outbox
staff-table_providerevent = Providers’ notices
staff-table_providercursor = Synchronisation with the providers
staff-parameter_refused = This address asked for something this table can’t be filtered by. All rows are shown.

## Decisions
staff-done = { $count ->
        [one] Done for one row.
       *[other] Done for { $count } rows.
    }
staff-changed_meanwhile = Something changed since this page was opened. Please read it again and decide.
staff-decide_no = No, go back
staff-grant = Give access
staff-grant_ask = The members below get access without having paid. Until when and why is kept on record.
staff-grant_until = Last day of access
staff-grant_reason = Reason (no personal data, please)
staff-revoke = Take access back
staff-revoke_ask = The access below ends at once.
staff-leave_at_once = End at once, refund the rest
staff-leave_at_once_ask = The memberships below end at once, and the days not used are refunded. This can’t be undone.
staff-refund_of = refund { $amount }
staff-give_back = Refund
staff-give_back_do = Refund { $amount }
staff-give_back_ask = The sums below go back to the members; refunds that failed are tried again. This can’t be undone.
staff-keep = Do not refund
staff-keep_ask = The sums below are not refunded and become income; refunds that failed are not tried again. This can’t be undone.
