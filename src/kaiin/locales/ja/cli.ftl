# 運用する人にコマンドが伝えることば

## kaiin explain
cli-explain-nobody = 「{ $typed }」に当たる会員は見つかりません。
cli-explain-several = 「{ $typed }」に当たる会員が複数います（{ $members }）。会員IDを指定してください。
cli-explain-head = { $member_id }（{ $nickname }）、{ $at }
cli-explain-disabled = このアカウントは停止中です。下の内容にかかわらず、ログインできません。
cli-explain-no_membership = どのサイトにも入会していません。
cli-explain-open = { $name }：入れます。{ $since }から{ $until }まで、切れ目なく利用できます。
cli-explain-closed = { $name }：入れません。{ $at }に利用期間が終わりました。
cli-explain-never_open = { $name }：入れません。まだ利用期間がありません。
cli-explain-never_joined = { $name }：入れません。入会していません。
cli-explain-opens = { $at }から利用できます。
cli-explain-ended = { $at }に終了しました：{ $reason }
cli-explain-ended-replaced = 別の契約に替わりました。
cli-explain-ended-left = 本人が退会しました。
cli-explain-ended-expired = まとめ払いの期間が、更新されずに終わりました。
cli-explain-ended-renewal_failed = 更新の支払いができませんでした。
cli-explain-ended-mandate_ended = カードまたはキャリアの契約が終わっていました。
cli-explain-ended-refunded = 返金しました。
cli-explain-ended-charged_back = 銀行またはカード会社が代金を取り戻しました。
cli-explain-period = 支払い済みの期間：{ $since }から{ $until }まで
cli-explain-payment = { $amount }（{ $method }）、入金は{ $at }
cli-explain-early = { $at }に途中で終了しました：{ $reason }
cli-explain-early-changed = コースまたは支払い方法を変更しました。
cli-explain-early-left = 期間の途中で退会しました。
cli-explain-early-refunded = 返金しました。
cli-explain-early-charged_back = 銀行またはカード会社が代金を取り戻しました。
cli-explain-grant-renewal = 更新の猶予期間：{ $since }から{ $until }まで
cli-explain-grant-payment_unknown = 支払いの結果を確認している間の延長：{ $since }から{ $until }まで
cli-explain-grant-staff = スタッフが認めた期間：{ $since }から{ $until }まで
cli-explain-basis = 現在の記録による利用期間を、上の日時について示しています。日時は日本時間です。
