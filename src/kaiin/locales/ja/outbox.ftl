# kaiin outbox: what was not delivered yet, and what could not be applied.
outbox-nothing = 待っているものも、処理できなかったものもありません。
outbox-retried = もう一度試すもの：{ $count }件
outbox-abandoned = 送らない・適用しないことにしたもの：{ $count }件
outbox-dead = { $lane }  outbox:{ $id }  送信できませんでした { $at }  { $what }  （試行{ $attempts }回：{ $error }）
outbox-waiting = { $lane }  outbox:{ $id }  送信予定 { $at }  { $what }  （試行{ $attempts }回：{ $error }）
outbox-event_failed = inbox:{ $id }  適用できませんでした（受信 { $at }）  { $what }  （試行{ $attempts }回：{ $error }）
outbox-event_unreadable = inbox:{ $id }  内容を読み取れません（受信 { $at }）  { $what }
outbox-event_waiting = inbox:{ $id }  注文が見つかるのを待っています（次回 { $at }）  { $what }  （試行{ $attempts }回：{ $error }）
outbox-parked = parked:{ $id }  { $what }  { $first }から処理できていません（次回 { $at }）  （試行{ $attempts }回：{ $error }）

## In the back office
outbox-retry = 送信できなかったものをもう一度送る
outbox-retry_ask = 次のものを、もう一度、12回まで試します。すでに送ったものは飛ばします。
outbox-delivery = 状態
outbox-delivery_dead = 送信できなかったもの
outbox-delivery_waiting = 待っているもの
outbox-delivery_delivered = 送信済み
outbox-apply_again = もう一度適用する
outbox-apply_again_ask = 次の通知をもう一度試します。決済会社に確認し、現在の状態を記録します。
outbox-abandon = 送信できなかったものを、送らないことにする
outbox-abandon_ask = 次のものは、今後送りません。待っている相手には届かないため、別の方法で済ませてあることを確かめてください。
outbox-abandon_event = 適用できなかった通知を閉じる
outbox-abandon_event_ask = 次の通知からは、何も行いません。決済会社の現在の状態は、引き続き確認します。
