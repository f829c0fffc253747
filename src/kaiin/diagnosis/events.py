"""What diagnosis writes into the event log."""

# {"typed", "language", "site_key", "key"}: a person can't log in and asks for a report by mail.
# The worker looks for the account, so that the request takes as long for every identifier.
REPORT_WANTED = "diagnosis.report_wanted"
