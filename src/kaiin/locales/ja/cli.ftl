# 運用する人にコマンドが伝えることば

## kaiin explain
cli-explain-unknown = 「{ $typed }」に当たる会員は見つかりません。
cli-explain-several = 「{ $typed }」に当たる会員が複数います（{ $members }）。{ ID_NAME() }を指定してください。
cli-explain-head = { $member_id }（{ $nickname }）、{ $at }
cli-explain-disabled = このアカウントは停止中です。下の内容にかかわらず、ログインできません。
cli-explain-no_membership = どのサイトにも入会していません。
cli-explain-open = { $name }：入れます。{ $since }から{ $until }まで、切れ目なく利用できます。
cli-explain-closed = { $name }：入れません。利用期間は{ $until }まででした。
cli-explain-never_open = { $name }：入れません。まだ利用期間がありません。
cli-explain-never_joined = { $name }：入れません。入会していません。
cli-explain-opens = { $at }から利用できます。
cli-explain-ended = 終わった理由：{ $reason }（{ $at }に記録）
cli-explain-period = 支払い済みの期間：{ $since }から{ $until }まで
cli-explain-imported = 以前のシステムで支払い済みの期間：{ $since }から{ $until }まで
cli-explain-payment = { $amount }（{ $method }）、入金は{ $at }
cli-explain-early = 途中で終了しました（{ $until }まで）：{ $reason }
cli-explain-early-changed = コースまたは支払い方法を変更しました。
cli-explain-early-left = 期間の途中で退会しました。
cli-explain-early-refunded = 返金しました。
cli-explain-early-charged_back = 銀行またはカード会社が代金を取り戻しました。
cli-explain-grant-renewal = 更新の猶予期間：{ $since }から{ $until }まで
cli-explain-grant-payment_unknown = 支払いの結果を確認している間の延長：{ $since }から{ $until }まで
cli-explain-grant-staff = スタッフが認めた期間：{ $since }から{ $until }まで
cli-explain-consent-confirmation = { $title }（第{ $version }版）に同意：{ $at }、{ $site }の申し込みの最終確認
cli-explain-consent-question = { $title }（第{ $version }版）に同意：{ $at }、同意のお願いの画面
cli-explain-consent_missing = { $title }（第{ $version }版）に未同意。利用は続けられます。新しい申し込みには同意が必要です。
cli-explain-finding = 会員への案内：{ $title }（{ $quoted }）
cli-explain-basis = 現在の記録による利用期間を、上の日時について示しています。日時は日本時間です。
