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
mail-next_charge = 次回のお支払い：{ $day }に、自動で更新します
mail-no_next_charge = 次回のお支払い：なし（自動では更新されません）
mail-slip_number = 受付番号：{ $number }
mail-confirmation_number = 確認番号：{ $number }
mail-deadline = お支払い期限：{ $deadline }
mail-said = 決済会社からの返事：{ $reason }
mail-retry_on = 次に請求する日：{ $day }
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
mail-slip-after =
    お店からの連絡がこちらに届くまで、3時間ほどかかることがあります。お急ぎの場合は、ログインしてください。その場でお支払いを確認します。
    期限を過ぎた番号ではお支払いいただけません。その場合は、お手数ですがもう一度お申し込みください。

## A renewal was not charged
mail-renewal_failed-subject = 【{ $site }】会費のお支払いを確認できませんでした
mail-renewal_failed-body = { $site }（{ $course }）の更新にあたり、会費のお支払い（{ $method }）を確認できませんでした。
mail-renewal_failed-open = { $until }までは、これまでどおりご利用いただけます。
mail-renewal_failed-closed = お支払いを確認できるまで、会員ページはご利用いただけません。

## The card's or carrier's contract ended outside
mail-mandate_ended-subject = 【{ $site }】継続払いのご契約が終了しました
mail-mandate_ended-body = { $site }（{ $course }）の継続払いのご契約が、決済会社または携帯電話会社で終了しました。今後、会費の請求はありません。
mail-mandate_ended-after = お支払い済みの{ $until }までは、これまでどおりご利用いただけます。そのあとも続けてご利用になる場合は、お支払いの手続きをお願いします。

## A lump sum can be renewed
mail-expiring-subject = 【{ $site }】更新の手続きを受け付けています
mail-expiring-body = { $course }のご利用期間は、{ $until }までです。更新の手続きができるようになりました。
mail-expiring-after =
    このコースは自動では更新されません。期限までに更新すると、入会日と会員番号はそのままで、続けてご利用いただけます。
    新しいご利用期間は、今の期間の翌日から始まります。早めに更新しても、短くなることはありません。
    { $url }

## A lump sum ran out
mail-expired-subject = 【{ $site }】ご利用期間が終わりました
mail-expired-body = { $course }のご利用期間は、{ $until }で終わりました。自動での請求はありません。

## Renewals were given up
mail-dormant-subject = 【{ $site }】会員ページのご利用を停止しました
mail-dormant-mandate_ended = { $site }（{ $course }）の継続払いのご契約が終了しているため、会員ページのご利用を停止しました。お支払い済みの期間は、{ $until }までです。今後、自動での請求はありません。
mail-dormant-body = { $site }（{ $course }）の会費のお支払いを確認できなかったため、会員ページのご利用を停止しました。お支払い済みの期間は、{ $until }までです。今後、自動での請求はありません。

## Leaving
mail-left-subject = 【{ $site }】退会の手続きを受け付けました
mail-left-body = { $site }（{ $course }）の退会の手続きを受け付けました。今後、会費の請求はありません。
mail-left-running =
    お支払い済みの{ $until }までは、これまでどおりご利用いただけます。それまでは、マイページで退会を取りやめられます。
    { $url }
mail-left-at_once = お支払い済みの期間が残っていないため、会員ページのご利用は終わりました。
mail-withdrawn-subject = 【{ $site }】退会のお知らせ
mail-withdrawn-body = { $site }は退会となりました。これまでご利用いただき、ありがとうございました。
mail-withdrawn-after =
    { $identity }は、そのままお使いいただけます。ほかのサイトの会員資格にも影響はありません。
    { $until }までに再入会すると、入会日と会員番号を引き継げます。
    { $url }
