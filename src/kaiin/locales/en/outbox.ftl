# kaiin outbox: what was not told yet, and what could not be applied.
outbox-nothing = Nothing waits, nothing was given up.
outbox-retried = To be tried again: { $count }
outbox-dead = outbox:{ $id }  GIVEN UP { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-waiting = outbox:{ $id }  to be told { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_failed = inbox:{ $id }  GIVEN UP, received { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_waiting = inbox:{ $id }  waits for its order, next try { $at }  { $what }  ({ $attempts } tries: { $error })

## In the back office
outbox-tell_again = Tell again what was given up
outbox-tell_again_ask = The following are tried again, a dozen times or for three days. What was told already is passed over.
outbox-delivery_dead = Given up
outbox-delivery_waiting = Waiting
outbox-delivery_told = Told
outbox-apply_again = Apply again
outbox-apply_again_ask = The following notices are tried again: the provider is asked, and what is true now is written down.
