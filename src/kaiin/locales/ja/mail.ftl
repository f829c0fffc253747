# Mails about memberships and money. The tenant's name, sender and contact come in from outside.

## In every mail
mail-dear = { $name } 様
mail-why = このメールは、{ $site }の会員資格やお支払いに関する大切なお知らせです。
mail-my_page = マイページ：{ $url }
mail-contact = お問い合わせ：{ $address }
mail-not_you = お心当たりがない場合は、下記までお問い合わせください。

## Facts, one a line
mail-member_id = { $identity }：{ $member_id }
mail-member_number = 会員番号：{ $number }
mail-members_page = 会員ページ：{ $url }
mail-receipt_number = 領収書番号：{ $number }
mail-course = コース：{ $course }
mail-method = お支払い方法：{ $method }
mail-total = お支払い金額：{ $total }（税込）
mail-paid_on = お支払い日：{ $day }
mail-period = ご利用期間：{ $from }から{ $until }まで
mail-next_charge = 次回の更新：{ $next }（自動更新）
mail-no_next_charge = 次回の更新：なし（自動では更新されません）
mail-store = お支払い先：{ $store }
mail-slip_number = 受付番号：{ $number }
mail-confirmation_number = 確認番号：{ $number }
mail-deadline = お支払い期限：{ $deadline }
mail-reason = 理由：{ $reason }
mail-said = 決済会社からの回答：{ $reason }
mail-retry_on = 次に請求する日：{ $day }
mail-retry_later = そのあとに請求する日：{ $day }
mail-fact = { $label }：{ $value }

## What to do
mail-pay_on_my_page =
    お支払いやお支払い方法の変更は、マイページから手続きできます。入会日と会員番号はそのままです。
    { $url }
mail-keep_by_paying =
    { $until }までにお支払いいただくと、入会日と会員番号はそのままで、ご利用を再開できます。この日を過ぎると退会となります。
    { $url }

## Welcome
mail-welcome-subject = 【{ $site }】ご入会ありがとうございます
mail-welcome-body =
    { $site }への入会手続きが完了しました。ありがとうございます。
    会員ページは、今すぐご利用いただけます。
mail-welcome-after =
    ログインには、{ $identity }か、このメールアドレスをお使いください。
    { $identity }は、マイページでいつでもご確認いただけます。

## A period was paid
mail-receipt-subject = 【{ $site }】お支払いを確認しました
mail-receipt-body = { $site }の会費のお支払いを確認しました。ありがとうございます。
mail-receipt-bill = 明細や控えとの照合、お問い合わせのときは、次の番号をお使いください。
mail-receipt-after =
    領収書は、次のページでご覧いただけます。
    { $url }

## A slip for the convenience store
mail-slip-subject = 【{ $site }】コンビニ払いの受付番号をお知らせします
mail-slip-body =
    { $site }にお申し込みいただき、ありがとうございます。
    期限までに、コンビニエンスストアの店頭でお支払いください。
mail-slip-body_change =
    { $site }の変更の手続きに使う受付番号をお知らせします。
    期限までに、コンビニエンスストアの店頭でお支払いください。お支払いを確認すると、変更が完了します。
mail-slip-body_again =
    { $site }のお支払いに使う受付番号をお知らせします。
    期限までに、コンビニエンスストアの店頭でお支払いください。
mail-slip-after =
    お店からの連絡がこちらに届くまで、3時間ほどかかることがあります。お急ぎの場合は、ログインしてください。その場でお支払いを確認します。
    お支払い済みの場合は、ほかの方法で重ねてお支払いにならないでください。
mail-slip-expires = 期限を過ぎた番号ではお支払いいただけません。その場合は、お手数ですがもう一度お申し込みください。
mail-slip-expires_again =
    期限を過ぎた番号ではお支払いいただけません。その場合は、お手数ですがマイページからもう一度手続きをお願いします。
    { $url }

## A renewal was not charged
mail-renewal_failed-subject = 【{ $site }】会費のお支払いを確認できませんでした
mail-renewal_failed-body = { $site }（{ $course }）の更新にあたり、会費のお支払い（{ $method }）を確認できませんでした。
mail-renewal_failed-open = { $until }までは、これまでどおりご利用いただけます。
mail-renewal_failed-tries =
    お支払いを確認できるまで、上の日に自動でもう一度請求します。それより前にご自身でお支払いになった場合は、重ねて請求することはありません。
    どの日にもお支払いを確認できなかったときは、請求を終了し、あらためてお知らせします。
mail-renewal_failed-closed = お支払いを確認できるまで、会員ページはご利用いただけません。

## The card's or carrier's contract ended outside
mail-mandate_ended-subject = 【{ $site }】継続払いのご契約が終了しました
mail-mandate_ended-body = { $site }（{ $course }）の継続払いのご契約が終了しました。今後、自動での請求はありません。
mail-mandate_ended-after = お支払い済みの{ $until }までは、これまでどおりご利用いただけます。そのあとも続けてご利用になる場合は、お支払いの手続きをお願いします。

## A lump sum can be renewed, and runs out
mail-expiring-subject = 【{ $site }】ご利用期間は{ $day }までです
mail-expiring-body = { $site }（{ $course }）のご利用期間は、{ $until }までです。更新の手続きを受け付けています。
mail-expiring-once = このコースは自動では更新されません。
mail-expiring-lost = 有効な継続払いの契約がないため、このままでは更新されません。
mail-expiring-after =
    期限までに更新すると、入会日と会員番号はそのままで、続けてご利用いただけます。
    新しいご利用期間は、今の期間の翌日から始まります。早めに更新しても、短くなることはありません。
    { $url }

## A renewal is coming
mail-renewal_coming-subject = 【{ $site }】自動更新のお知らせ
mail-renewal_coming-break_subject = 【{ $site }】まもなくお休みが終わります
mail-renewal_coming-body = { $site }（{ $course }）は、まもなく自動で更新されます。続けてご利用になる場合、手続きは必要ありません。
mail-renewal_coming-break = { $site }（{ $course }）のお休みは、{ $until }までです。そのあと会費を請求し、ご利用を再開します。続けてご利用になる場合、手続きは必要ありません。
mail-renewal_coming-stop =
    更新を希望されない場合は、{ $day }までに、マイページで退会またはコース変更の手続きをお願いします。
    { $url }

## A dormant membership will be withdrawn
mail-withdrawing-subject = 【{ $site }】まもなく退会となります
mail-withdrawing-body = { $site }の更新をお待ちしています。{ $until }までに更新されない場合は、退会となります。

## A lump sum ran out
mail-expired-subject = 【{ $site }】ご利用期間が終わりました
mail-expired-body = { $site }（{ $course }）のご利用期間は、{ $until }で終わりました。自動での請求はありません。

## Renewals were given up
mail-dormant-subject = 【{ $site }】会員ページのご利用を停止しました
mail-dormant-body = { $site }（{ $course }）の会員ページのご利用を停止しました。今後、自動での請求はありません。
mail-dormant-paid = お支払い済みの期間は、{ $until }までです。

## Leaving
mail-left-subject = 【{ $site }】退会の手続きを受け付けました
mail-left-body = { $site }（{ $course }）の退会の手続きを受け付けました。今後、会費の請求はありません。
mail-left-fixed = { $site }（{ $course }）の退会の手続きを受け付けました。更新の締切日を過ぎているため、次回の更新（{ $next }）はお支払いいただき、その期間の終わりに退会となります。そのあとの請求はありません。
mail-left-after = { $identity }は、そのままお使いいただけます。退会されたあと、{ $until }までに再入会すると、入会日と会員番号を引き継げます。
mail-left-running =
    { $until }までは、これまでどおりご利用いただけます。それまでは、マイページで退会を取りやめられます。
    { $url }
mail-left-at_once = お支払い済みの期間が残っていないため、会員ページのご利用は終わりました。
mail-withdrawn-subject = 【{ $site }】退会のお知らせ
mail-withdrawn-body = { $site }の退会が完了しました。これまでご利用いただき、ありがとうございました。
mail-withdrawn-unpaid = { $site }は、更新をお待ちしていた期限を過ぎたため、退会となりました。これまでご利用いただき、ありがとうございました。
mail-withdrawn-after =
    { $identity }は、そのままお使いいただけます。ほかのサイトの会員資格にも影響はありません。
    { $until }までに再入会すると、入会日と会員番号を引き継げます。
    { $url }

## Leaving at once
mail-left_at_once-subject = 【{ $site }】退会の手続きが完了しました
mail-left_at_once-body = { $site }（{ $course }）の退会の手続きが完了しました。会員ページのご利用は、ただいま終わりました。今後、会費の請求はありません。
mail-left_at_once-refund = ご利用にならない日数分の会費{ $amount }を返金します。返金が済みましたら、あらためてメールでお知らせします。
mail-left_at_once-no_refund = 返金する会費はありません。

## A payment came to nothing without the member's doing
mail-vanished-subject = 【{ $site }】お支払いが完了していません
mail-vanished-body = { $site }（{ $course }、{ $method }）のお支払いの手続きが完了しませんでした。
mail-vanished-nothing_charged = 料金は発生していません。
mail-vanished-late_slip = 期限までにお店でお支払い済みの場合は、もう一度お支払いにならないでください。確認でき次第、メールでお知らせします。
mail-vanished-again =
    お支払いは、次のページからもう一度手続きできます。
    { $url }
mail-vanished-kept = 入会日と会員番号はそのまま引き継がれます。
mail-vanished-kept_until = { $until }までにお支払いいただくと、入会日と会員番号を引き継げます。
mail-vanished-paid = すでに別の方法でお支払いいただいている場合は、手続きは必要ありません。

## Money that goes back
mail-refund_opened-subject = 【{ $site }】お支払いについて確認しています
mail-refund_opened-body =
    { $site }（{ $course }）に、{ $amount }のお支払いがありました。{ $why ->
        [paid_twice] 同じ期間の会費はすでにお支払いいただいているため、この金額は、会費としてまだ使われていません。
        [too_much] 会費より多くお支払いいただいたため、差額のこの金額は、会費としてまだ使われていません。
       *[other] 手続きの期限を過ぎてから届いたため、この金額は、会費としてまだ使われていません。
    }
mail-refund_opened-after = 担当者が確認のうえ、結果をメールでお知らせします。
mail-second_payment-subject = 【{ $site }】お支払いが重複していました
mail-second_payment-body = { $site }（{ $course }）に、{ $amount }のお支払いがありました。同じ期間の会費はすでにお支払いいただいているため、この金額は、会費としてまだ使われていません。
mail-second_payment-refunded = この金額は、自動で返金する手続きを始めました。お客様の手続きは必要ありません。返金が済みましたら、あらためてメールでお知らせします。
mail-second_payment-account = コンビニ払いは店頭での返金ができないため、銀行口座への振り込みで返金します。振込先は、事務局の担当者が書面または電話でうかがいます。それまで、お客様の手続きは必要ありません。
mail-second_payment-safety = 口座番号、カード番号、パスワードを、メールやSNSでうかがうことはありません。このメールへの返信にも書かないでください。ご不明な点は、下記の事務局までお問い合わせください。
mail-refund_requested-subject = 【{ $site }】返金の手続きを始めました
mail-refund_requested-body = { $site }（{ $course }）のお支払いのうち、{ $amount }を返金する手続きを始めました。返金が済みましたら、あらためてメールでお知らせします。
mail-refund_done-subject = 【{ $site }】返金の手続きが完了しました
mail-refund_done-body = { $site }（{ $course }）のお支払いのうち、{ $amount }を返金する手続きが完了しました。
mail-refund_way =
    { $method ->
        [card] 返金先は、お支払いに使われたカードです。カード会社の締め日によっては、ご利用明細に反映されるまで1か月から2か月ほどかかります。
        [konbini] コンビニ払いの返金は、決済会社を通じて行います。受け取り方法は、決済会社からのご案内をご確認ください。
       *[other] 返金は、携帯電話会社を通じて行います。ご利用料金の明細に反映されるまで、1か月から2か月ほどかかることがあります。
    }

## To staff
mail-staff_member = { $identity }：{ $member_id }
mail-staff_amount = 金額：{ $amount }
mail-staff_payment = お支払いの管理番号：{ $number }
mail-staff_page =
    管理画面：
    { $url }
mail-staff_disputed-subject = 【{ $site }】支払いに異議申し立てがありました
mail-staff_disputed-body =
    会員のカード会社または携帯電話会社から、次の支払いについて異議の申し立てがありました。
    決済会社の管理画面で、期限までに回答してください。結果が出るまで、会員の利用はこれまでどおり続きます。
mail-staff_charged_back-subject = 【{ $site }】支払いが取り消されました（チャージバック）
mail-staff_charged_back-body =
    異議の申し立てが認められ、次の支払いが取り消されました。
    この支払いの分の利用期間を終了し、今後の請求も止めました。
mail-staff_refund_failed-subject = 【{ $site }】返金できませんでした
mail-staff_refund_failed-body =
    次の支払いの返金を、決済会社が受け付けませんでした。
    管理画面の「返金」で、もう一度手続きするか、別の方法で返金してください。
mail-staff_renewal_unknown-subject = 【{ $site }】お休み明けの請求の結果が1週間わかりません
mail-staff_renewal_unknown-body =
    次の請求について、決済会社から1週間、結果の回答がありません。お休み明けのため、会員ページは閉じました。
    決済会社の管理画面で結果を確かめてください。回答が届けば、自動で処理します。

## Changes and pauses
mail-changed-subject = 【{ $site }】変更の手続きが完了しました
mail-changed-body = { $site }のコースまたはお支払い方法の変更が完了しました。新しい内容は、{ $day }から適用されます。
mail-changed-after =
    入会日と会員番号はそのままです。今の内容は、マイページでご確認いただけます。
    { $url }
mail-change_agreed-subject = 【{ $site }】コース変更のお申し込みを受け付けました
mail-change_agreed-body = { $site }のコースは、次回の更新の{ $day }から「{ $course }」に変わります。それまでは、これまでどおりご利用いただけます。
mail-change_agreed-undone = { $site }のコース変更のお申し込みを取り消しました。次回の更新も「{ $course }」です。
mail-change_agreed-after =
    入会日と会員番号はそのままです。変更は、マイページで取り消せます。
    { $url }
mail-card_registered-subject = 【{ $site }】新しいカードを登録しました
mail-card_registered-card = 新しいカード：{ $card }
mail-card_registered-body = { $site }の次回からのお支払いには、新しく登録したカードを使います。今回の登録では、請求はありません。
mail-paused-subject = 【{ $site }】お休みの手続きを受け付けました
mail-paused-body = { $site }（{ $course }）は、お支払い済みの{ $paid }までご利用いただけます。そのあと{ $until }まではお休みとなり、会員ページは閉じます。会費の請求もありません。
mail-paused-next = お休みのあとは、上の日に会費を請求し、ご利用を再開します。お支払いが承認されなかったときは、確認できるまで会員ページは閉じたままです。
mail-paused-after =
    入会日と会員番号はそのままです。予定より早く再開するときは、マイページから手続きできます。
    { $url }
mail-resumed-subject = 【{ $site }】ご利用を再開しました
mail-resumed-body = { $site }（{ $course }）のお休みを終了しました。入会日と会員番号はそのままです。

## Access that staff give
mail-granted-subject = 【{ $site }】会員ページをご利用いただけます
mail-granted-body = 事務局で、{ $site }の会員ページをご利用いただけるようにしました。期限は{ $until }です。
mail-granted-after = この期間の料金はかかりません。終わったあとに、自動で請求することもありません。会費をお支払い済みの期間がある場合は、そのままご利用いただけます。
mail-grant_revoked-subject = 【{ $site }】事務局が用意したご利用期間の終了
mail-grant_revoked-body = 事務局が用意した{ $site }のご利用期間を終了しました。会費をお支払い済みの期間がある場合は、そのままご利用いただけます。
