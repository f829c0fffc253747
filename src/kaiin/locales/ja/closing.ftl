# 月次の締め

closing-kind_charge = 会費の請求
closing-kind_credit = 変更前コースの未使用分
closing-kind_payment = 会費の入金
closing-kind_recognition = 期間経過による売上
closing-kind_unapplied = 充当先のない入金
closing-kind_kept = 返金しない入金
closing-kind_refund_due = 返金の決定
closing-kind_refund = 返金
closing-kind_chargeback = チャージバック
closing-kind_reversal = 取消
closing-voucher = { $site } { $kind } { $count }件
closing-voucher_late = { $month }分 { $said }

## Errors
closing-not_a_month = 「{ $written }」は月として読み取れません。2026-11のように書いてください。
closing-not_over = { $month }の帳簿はまだ締められません。{ $closes_at }から締められます。途中の数字は--so-farで確認できます。
closing-behind = { $month }までに終わった期間のうち{ $count }件の売上が、まだ計上されていません。kaiin worker --onceを実行してから締めてください。
closing-only_yen = 弥生会計に取り込めるのは円だけです（{ $currency }の仕訳があります）。
closing-bad_chart = { $file }の{ $name }は使えません。docs/books.mdの一覧にある名前と、文字列の値を書いてください。
