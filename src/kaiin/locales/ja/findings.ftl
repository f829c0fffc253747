# なぜ入れるのか、入れないのか。1つの結果ごとに、題名・何が起きたか・なぜか・どうすればよいか。

access-ok-title = { $site }にお入りいただけます
access-ok-what = { $goes_on ->
    [yes] { $until }分までお支払い済みです。そのあとは自動で更新されます。
   *[no] { $until }までご利用いただけます。
}
access-ok-do = そのままお進みください。

access-pending_slip-title = コンビニでのお支払いをお待ちしています
access-pending_slip-what = { $started }に始めた{ $site }のコンビニ払い（{ $amount }）は、お支払いの確認がまだ届いていません。{ $open ->
    [yes] {""}
   *[no] そのため、会員ページをご利用いただけません。
}
access-pending_slip-why = { $slip ->
    [late] お支払い期限の{ $deadline }を過ぎています。期限までにお店でお支払い済みの場合は、確認が届くまで3時間ほどかかることがあります。
   *[ready] お店でのお支払いは、確認が届くまで3時間ほどかかることがあります。
}
access-pending_slip-do = { $slip ->
    [ready] お支払いがまだの場合は、この番号を使って、期限までにお店でお支払いください。{ $how }お支払いがお済みの場合は「お支払いを今すぐ確認する」を押してください。
    [late] お支払いがお済みの場合は「お支払いを今すぐ確認する」を押してください。まだの場合は、別の方法でお支払いいただけます。
   *[none] 番号がまだ発行されていません。「コンビニでの支払い方を見る」から手続きを続け、お店をお選びください。
}

access-pending_payment-title = お支払いの手続きが終わっていません
access-pending_payment-what = { $started }に始めた{ $method_name }でのお支払い（{ $amount }）が、まだ完了していません。
access-pending_payment-why = { $known ->
    [yes] 手続きがお支払いページの途中で止まっているか、完了のお知らせがまだ届いていません。
   *[no] 決済会社からの回答を待っています。二重のお支払いにならないよう、結果がわかるまで新しいお支払いは始められません。
}
access-pending_payment-do = { $known ->
    [yes] お支払いがお済みの場合は「お支払いを今すぐ確認する」を、途中の場合は「お支払いを続ける」を押してください。
   *[no] 少し時間をおいて「お支払いを今すぐ確認する」を押してください。
}

access-never_paid-title = 会費のお支払いがまだ確認できていません
access-never_paid-what = { $charged ->
    [no] { $site }へのお申し込みは受け付けていますが、お支払いがまだ完了していません。料金は発生していません。
    [slip] { $site }へのお申し込みは受け付けていますが、お支払いを確認できていません。期限までにお店でお支払い済みの場合は、もう一度お支払いにならないでください。確認でき次第、メールでお知らせします。
   *[unsaid] { $site }へのお申し込みは受け付けていますが、お支払いがまだ完了していません。
}
access-never_paid-why = { $failure ->
    [none] お支払いの手続きが途中で終わっています。
    [canceled] { $failed }に、お支払いの手続きが途中で中止されたためです。
    [expired] { $failed }に、お支払いの期限が切れたためです。
    [failed] { $failed }のお支払いが完了しなかったためです。
    [not_executed] { $failed }のお支払いが、決済会社に届かなかったためです。
    [amount_mismatch] { $failed }に受け取った金額が、請求した金額と違ったためです。
   *[other] { $failed }のお支払いについての、決済会社からの回答：「{ $said }」
}
access-never_paid-do = 登録した内容はそのまま残っています。お支払いいただくと、すぐにご利用いただけます。

access-paused-title = お休み中です
access-paused-what = { $site }は、{ $until }までお休み中です。
access-paused-why = { $failure ->
    [none] お休みのあいだは会費を請求せず、会員ページを閉じています。
   *[other] お休みのあいだは会費を請求せず、会員ページを閉じています。{ finding-refused }
}
access-paused-do = 早めに再開することも、このまま待つこともできます。会員番号と入会日はそのままです。

access-lapsed_monthly-title = 会費のお支払いが止まっています
access-lapsed_monthly-what = { $reason ->
    [charged_back] { $site }の会員ページは、{ $last_day }までのご利用で終了しました。
    [refunded] { $site }の会員ページは、{ $last_day }までのご利用で終了しました。
   *[other] { $paid ->
        [yes] { $site }の会費は、{ $last_day }分までお支払い済みです。そのあとの会費を受け取れていないため、会員ページをご利用いただけません。
       *[no] { $site }の会費を受け取れていないため、会員ページをご利用いただけません。
    }
}
access-lapsed_monthly-why = { $ended }
access-lapsed_monthly-do = { $retry ->
    [yes] { $next_try }に{ $amount }をもう一度自動で請求します。すぐにご利用になりたい場合は、お支払いの手続きをお願いします。入会日と会員番号はそのままです。
   *[no] { $keeps ->
        [dated] { $until }までに更新すると、すぐにご利用いただけます。入会日と会員番号もそのままです。
       *[no] お支払いいただくと、すぐにご利用いただけます。入会日と会員番号はそのままです。
    }
}

access-expired_lump_sum-title = まとめて払いのご利用期間が終わりました
access-expired_lump_sum-what = { $paid ->
    [yes] { $site }の会費は、{ $last_day }分までお支払い済みです。ご利用期間が終わったため、会員ページをご利用いただけません。
   *[no] { $site }のご利用期間が終わったため、会員ページをご利用いただけません。
}
access-expired_lump_sum-why = { $ended }そのため、期間が終わったあとの請求はしていません。
access-expired_lump_sum-do = { $keeps ->
    [dated] { $until }までに更新すると、すぐにご利用いただけます。入会日と会員番号もそのままです。
   *[no] 更新すると、すぐにご利用いただけます。
}

access-dormant-title = 更新をお待ちしています
access-dormant-what = { $dated ->
    [yes] 今は会員ページをご利用いただけませんが、入会日と会員番号は{ $until }まで残しています。
   *[no] 今は会員ページをご利用いただけませんが、入会日と会員番号は残しています。
}
access-dormant-why = ご利用期間が終わっても、すぐには退会になりません。しばらくのあいだ、更新をお待ちしています。
access-dormant-do = { $dated ->
    [yes] { $until }までに更新すると、入会日と会員番号を引き継いで続けられます。
   *[no] 更新すると、入会日と会員番号を引き継いで続けられます。
}

access-withdrawn-title = { $site }は退会済みです
access-withdrawn-what = { $dated ->
    [yes] { $site }は、{ $withdrawn }に退会となりました。それ以降の会費は請求していません。
   *[no] { $site }は退会となっています。会費は請求していません。
}
access-withdrawn-why = { $ended }
access-withdrawn-do = { $keeps ->
    [yes] { $until }までに再入会すると、以前の入会日と会員番号を引き継げます。{ ID_NAME() }とパスワードはそのままお使いいただけます。
   *[no] 再入会できます。{ ID_NAME() }とパスワードはそのままお使いいただけますが、入会日と会員番号は新しくなります。
}

access-other_site-title = { $site }にはまだ入会していません
access-other_site-what = { $goes_on ->
    [yes] この{ ID_NAME() }では「{ $other }」に入会中です（{ $until }分までお支払い済みで、そのあとは自動で更新されます）。「{ $site }」とは別のサイトです。
   *[no] この{ ID_NAME() }では「{ $other }」に入会中です（{ $until }までご利用いただけます）。「{ $site }」とは別のサイトです。
}
access-other_site-why = { ID_NAME() }は共通ですが、入会と会費はサイトごとに分かれています。
access-other_site-do = { $joins ->
    [yes] 「{ $other }」へはそのままお進みいただけます。「{ $site }」もご利用になる場合は、この{ ID_NAME() }のまま入会できます。
   *[no] 「{ $other }」へはそのままお進みいただけます。
}

access-no_membership-title = { $site }にはまだ入会していません
access-no_membership-what = この{ ID_NAME() }では、{ $site }への入会の記録が見つかりませんでした。
access-no_membership-why = ほかの{ ID_NAME() }やメールアドレスで入会されている場合は、そちらでログインし直すとお入りいただけます。
access-no_membership-do = はじめての方は、この{ ID_NAME() }のまま入会できます。

access-disabled-title = この{ ID_NAME() }はご利用を停止しています
access-disabled-what = この{ ID_NAME() }のご利用は、事務局で停止しています。
access-disabled-why = 停止の理由は、この画面ではご案内しておりません。
access-disabled-do = 事務局までご連絡ください。その際に、{ ID_NAME() }と、下の「お問い合わせ用コード」をお知らせください。

# 今は入れるとき：このあと何が起きるか
membership-renewing-title = 更新のお支払いを確認しています
membership-renewing-what = 決済会社からの回答を待っています。そのあいだも、これまでどおりご利用いただけます。
membership-renewing-do = 手続きは必要ありません。

membership-leaving-title = { $until }までご利用いただけます
membership-leaving-what = { $charged ->
    [yes] { changing-fixed_leave }
   *[no] 退会の手続きは完了しています。このあとの請求はありません。
}
membership-leaving-do = 退会を取りやめると、これまでどおり続けられます。

membership-grace-title = 会費のお支払いができませんでした
membership-grace-what = { $until }まではご利用いただけます。
membership-grace-why = { finding-refused }
membership-grace-do = { $retry ->
    [yes] { $until }までにお支払いの手続きをお願いします。手続きがない場合は、{ $next_try }に{ $amount }をもう一度自動で請求します。
   *[no] { $until }までにお支払いの手続きをお願いします。
}

membership-granted-title = { $until }までご利用いただけます
membership-granted-what = 事務局で、会員ページをご利用いただけるようにしています。料金はかかりません。

membership-pausing-title = { $last_day }のあと、お休みの予定です
membership-pausing-what = { $until }までお休みし、そのあと自動で再開します。
membership-pausing-do = お休みは、始まる前に取りやめることもできます。

membership-mandate_ended-title = 次回の会費を、今のお支払い方法では請求できません
membership-mandate_ended-what = { $mandate ->
    [missing] { $method_name }での継続払いが、まだ登録されていません。{ $until }まではご利用いただけます。
   *[ended] { $method_name }の継続払いの契約が、決済会社または携帯電話会社の側で終了しています。{ $until }まではご利用いただけます。
}
membership-mandate_ended-do = { $opens ->
    [later] 次の期間のお支払いは、{ $opens_on }から受け付けます。それまでは、更新に使うカードの登録ができます。登録しても、今は請求しません。
   *[now] 続けてご利用になる場合は、お支払いの手続きをお願いします。
}

membership-renewable-title = 更新の受付期間です
membership-renewable-what = ご利用期間は{ $until }までです。
membership-renewable-do = それまでに更新すると、続けてご利用いただけます。

membership-fixed-title = 次回の更新が確定しています
membership-fixed-what = 更新の締切日を過ぎたため、次回の更新はこのままお支払いいただきます。
membership-fixed-do = 退会や変更は、そのあとの期間からになります。

# お支払いができなかったわけ
finding-refused = { $failure ->
    [none] お支払いが完了しませんでした。
    [canceled] { $failed }のお支払いが取り消されました。
    [expired] { $failed }に、お支払いの期限が切れました。
    [failed] { $failed }のお支払いが完了しませんでした。
    [not_executed] { $failed }のお支払いが、決済会社に届きませんでした。
    [amount_mismatch] { $failed }に受け取った金額が、請求した金額と違いました。
   *[other] { $failed }のお支払いに対する、決済会社からの回答：「{ $said }」
}

# 解決への一歩（ボタンとリンク）
cure-enter = { $site }へ進む
cure-check_payment = お支払いを今すぐ確認する
cure-open_slip = コンビニでの支払い方を見る
cure-continue_payment = お支払いを続ける
cure-other_way = 別の方法で支払う
cure-pay = お支払いに進む
cure-renew = 更新に進む
cure-rejoin = 再入会に進む
cure-resume = 早めに再開する
cure-undo_pause = お休みを取りやめる
cure-stay = 退会を取りやめる
cure-register_card = 更新に使うカードを登録する
cure-go_to_site = { $site }へ進む
cure-join = { $site }に入会する
cure-contact = 事務局に連絡する

# 今すぐ確認した結果
checked-waiting = { $at }に決済会社へ確認しました。お支払いはまだ届いていません。
checked-expired = { $at }に決済会社へ確認しました。お支払いの期限が切れています。
checked-failed = { $at }に決済会社へ確認しました。決済会社からの回答：「{ $said }」
checked-canceled = { $at }に決済会社へ確認しました。お支払いは取り消されています。
checked-refunded = { $at }に決済会社へ確認しました。このお支払いは返金されています。
checked-no_answer = { $at }に決済会社へ問い合わせましたが、回答がありませんでした。少し時間をおいて、もう一度お試しください。
checked-nothing = { $at }に確認しました。手続き中のお支払いはありませんでした。
checked-paid = { $at }に決済会社へ確認し、お支払いを確認できました。

# 少しお待ちいただくとき
diagnosis-too_many_checks = 短い時間に何度も確認しています。1分ほどおいて、もう一度お試しください。
diagnosis-too_many_reports = 短い時間に多くのお申し込みがありました。{ $minutes }分ほどおいて、もう一度お試しください。
