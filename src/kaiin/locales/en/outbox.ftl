# kaiin outbox: what was not told yet, and what could not be applied.
outbox-nothing = Nothing waits, nothing was given up.
outbox-retried = To be tried again: { $count }
outbox-abandoned = Settled for good: { $count }
outbox-dead = outbox:{ $id }  GIVEN UP { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-waiting = outbox:{ $id }  to be told { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_failed = inbox:{ $id }  GIVEN UP, received { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_unreadable = inbox:{ $id }  CAN’T BE READ, received { $at }  { $what }
outbox-event_waiting = inbox:{ $id }  waits for its order, next try { $at }  { $what }  ({ $attempts } tries: { $error })

## In the back office
outbox-tell_again = Tell again what was given up
outbox-tell_again_ask = The following are tried again, up to a dozen times. What was told already is passed over.
outbox-delivery = where it stands
outbox-delivery_dead = Given up
outbox-delivery_waiting = Waiting
outbox-delivery_told = Told
outbox-apply_again = Apply again
outbox-apply_again_ask = The following notices are tried again: the provider is asked, and what is true now is written down.
outbox-abandon = Never tell what was given up
outbox-abandon_ask = The following shall never be told. Who waits for them waits in vain, so make sure that it was done another way.
outbox-abandon_event = Never apply what was put aside
outbox-abandon_event_ask = Nothing shall follow from the following notices. What is true at the provider is still asked about.
