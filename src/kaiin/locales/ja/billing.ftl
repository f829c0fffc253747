# Memberships and money: what a charge consists of, and what went wrong.

billing-line-membership_fee = 会費
billing-line-handling_fee = お支払い手数料
billing-line-credit = 残り日数分の差し引き

## Errors
billing-error = 手続きの途中で問題が起きました。
billing-course_not_offered = このコースは、現在お申し込みいただけません。
billing-slip_too_late = コンビニの受付番号の期限（発行から{ $days }日間）より先に、更新の受付期限（{ $until }）が来るため、今回はコンビニ払いをご利用いただけません。ほかのお支払い方法をお選びください。
billing-way_not_offered = このコースでは、選ばれたお支払い方法をご利用いただけません。
billing-consent_missing = 利用規約とプライバシーポリシーへの同意が必要です。
billing-already_member = すでに会費をお支払いいただいています。新しいお支払いは必要ありません。
billing-other_course_running = このサイトでは、別のコースをご利用中です。マイページから、このコースへ一度の手続きで変更できます。
billing-paused = ただいまお休み中です。マイページから、いつでも再開できます。
billing-no_pause = ただいまお休みの手続きはできません。
billing-change_refused = ただいまこの変更はできません。
billing-nothing_to_change = 現在ご利用中の内容と同じです。
billing-renewal_fixed = 更新の締切日を過ぎ、次回の更新が確定しているため、今は変更できません。{ $free_from }から手続きできます。
billing-change_not_yet = 次の期間のお支払いは、{ $opens_on }から受け付けます。
billing-card_apart = この変更は、今のカードで行います。別のカードにする場合は、先に今のコースのまま、カードだけを登録してください。
billing-change_while_paused = ただいまお休み中です。先にご利用を再開してから、変更の手続きをお願いします。
billing-change_differs = お支払いの内容が、ご確認いただいたものから変わりました。もう一度内容をご確認のうえ、手続きをお願いします。
billing-payment_under_way = 先に始めたお支払いの結果を確認しています。二重のお支払いにならないよう、新しいお支払いは始めていません。少し時間をおいて、もう一度お試しください。
billing-no_membership = この手続きができる会員資格が見つかりません。
billing-leave_at_once_not_offered = このコースは、お支払い済みの期間の終わりに退会となります。すぐに退会する場合は、お問い合わせください。
billing-refund_differs = 確認の画面を開いてから日付が変わり、返金する金額が変わりました。新しい金額をご確認のうえ、もう一度手続きをお願いします。
billing-no_refund_case = この返金は見つかりません。
billing-refund_decided = この返金については、すでに別の決定がされています。
billing-grant_too_long = 利用を許可できるのは、最長{ $days }日間です。
billing-grant_empty = 利用できる期限には、これから先の日時を指定してください。
billing-no_grant = 取り消せる利用許可が見つかりません。
billing-unknown_transition = 会員資格の状態が、この操作に合っていません。
money-currency_mismatch = 通貨が混ざっているため、計算できません。
ledger-unbalanced = 仕訳の貸借が一致していません。
billing-import_conflict = このインポートキーは、別の内容ですでに使われています。
billing-import_refused = この内容では会員情報を引き継げません。{ $reason ->
    [key] インポートキーは1文字以上128文字以内にしてください。
    [dates] 入会日は、最後のお支払い済みの日と今日のどちらよりも後にはできません。
    [over] お支払い済みの期間が終わっているため、継続払いの契約や会員番号は引き継げません。
    [term] このコースの期間は、月末に終わる必要があります。
    [number] 会員番号は1から999999999999までです。
   *[mandate] 自動で更新されないコースに、継続払いの契約は引き継げません。
}
billing-number_taken = 会員番号{ $number }は、別の会員が使用しています。
