# kaiin outbox: what was not delivered yet, and what could not be applied.
outbox-nothing = Nothing waits, nothing was given up.
outbox-retried = To be tried again: { $count }
outbox-abandoned = Settled for good: { $count }
outbox-dead = { $lane }  outbox:{ $id }  GIVEN UP { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-waiting = { $lane }  outbox:{ $id }  to be delivered { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_failed = inbox:{ $id }  GIVEN UP, received { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-event_unreadable = inbox:{ $id }  CAN’T BE READ, received { $at }  { $what }
outbox-event_waiting = inbox:{ $id }  waits for its order, next try { $at }  { $what }  ({ $attempts } tries: { $error })
outbox-parked = parked:{ $id }  { $what }  fails since { $first }, next try { $at }  ({ $attempts } tries: { $error })

## In the back office
outbox-retry = Deliver again what failed
outbox-retry_ask = The following are tried again, up to 12 times. What was delivered already is passed over.
outbox-delivery = where it stands
outbox-delivery_dead = Given up
outbox-delivery_waiting = Waiting
outbox-delivery_delivered = Delivered
outbox-apply_again = Apply again
outbox-apply_again_ask = The following notices are tried again: the provider is asked, and its present state is recorded.
outbox-abandon = Never deliver what failed
outbox-abandon_ask = The following will never be delivered. Make sure that what they were for was done another way.
outbox-abandon_event = Close notices that could not be applied
outbox-abandon_event_ask = Nothing more is done with the following notices. The provider is still asked for the present state.
