# Monthly closing

closing-kind_charge = Fees charged
closing-kind_credit = Unused days of a changed course
closing-kind_payment = Fees received
closing-kind_recognition = Income of periods that ended
closing-kind_unapplied = Money that bought nothing
closing-kind_kept = Money that was not returned
closing-kind_refund_due = Refunds decided
closing-kind_refund = Refunds paid out
closing-kind_chargeback = Chargebacks
closing-kind_reversal = Reversals
closing-voucher = { $site } { $kind }, { $count }
closing-voucher_late = For { $month }: { $said }

## Errors
closing-not_a_month = “{ $written }” does not read as a month. Write one such as 2026-11.
closing-not_over = The books of { $month } can be closed from { $closes_at } on. For the figures so far: --so-far.
closing-behind = The income of { $count } periods that ended by the end of { $month } is not booked yet. Run kaiin worker --once, then close.
closing-only_yen = Yayoi takes yen only, and there are entries in { $currency }.
closing-bad_chart = In { $file }, { $name } can’t be used. Write a name that docs/books.md lists, and a text as its value.
