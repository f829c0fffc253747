# コースと会員資格の事実。1つの事実に1つのことばを置き、画面・メール・領収書・コマンドのどれもこれを使う。

## 料金と単位
fact-price = { $amount }（{ $unit }・税込）
fact-unit_month = 月額
fact-unit_months = { $months }か月分

## 次の更新
fact-next_renewal = { $day }に{ $price }
fact-renewal = 次回は{ $day }に{ $price }をお支払いいただきます。その後も、退会されるまで{ $rhythm }自動で更新されます。
fact-rhythm_first = 毎月1日に
fact-rhythm_day = 毎月{ $day }日に
fact-rhythm_day_or_last = 毎月{ $day }日（その日がない月は末日）に
fact-rhythm_business = 毎月の最終営業日に
fact-rhythm_months = { $months }か月ごとに
fact-stop = { $day }までに退会・変更すると、次回の更新（{ $charge }）のお支払いはありません。

## 返金
fact-no_refund = サービスの性質上、お支払い済みの会費は返金できません。
fact-refund_days = 期間の途中で「今すぐ退会する」をお選びになると、翌日以降の残り日数分の会費を返金します。期間の終わりに退会される場合、返金はありません。

## コースの決まり
fact-course = { $course }：{ $price }
fact-course_fee = { $way }の手数料：{ $fee }
fact-course_monthly = 退会されるまで、毎月自動で更新されます。
fact-course_months = { $ways }でのお支払いは、退会されるまで{ $months }か月ごとに自動で更新されます。
fact-course_once = 自動では更新されません。
fact-course_stop = { $until ->
    [lock] ご利用期間が終わる月の{ $day }日までに退会・変更の手続きをすると、その更新のお支払いはありません。
    [business] ご利用期間が終わる月の最終営業日の前日までに退会・変更の手続きをすると、その更新のお支払いはありません。
   *[end] ご利用期間の最終日までに退会・変更の手続きをすると、その更新のお支払いはありません。
}

## 月の途中から始まるとき
fact-days_left = （今月分・残り{ $days }日）
fact-short_start_title = 今月は、残り{ $days }日です
fact-short_start = 今お支払いいただく{ $amount }は、今月の残り{ $days }日分です。{ $whole_from }以降にお支払いいただくと、同じ金額で丸1か月ご利用いただけます。
fact-short_start_months = 今お支払いいただく{ $amount }では、最初の1か月が今月の残り{ $days }日になります。{ $whole_from }以降にお支払いいただくと、同じ金額で丸{ $months }か月ご利用いただけます。

## 終わった理由
fact-ended = { $reason ->
    [renewal_failed] { $refused ->
        [yes] { $failed }の自動更新で、お支払い（{ $method }）が承認されませんでした。決済会社からの回答：「{ $said }」
       *[no] { $method }での自動更新のお支払いが完了しませんでした。
    }
    [mandate_ended] { $method }の継続払いの契約が、決済会社または携帯電話会社の側で終了しています。
    [left] ご自身で退会の手続きをされました。
    [refunded] 会費を返金したため、ご利用を終了しました。
    [charged_back] お支払いが、カード会社または携帯電話会社を通じて取り消されました。
    [replaced] 別の契約に切り替わりました。
   *[expired] { $day }でご利用期間が終わりました。自動更新の設定はありませんでした。
}

## カード
fact-card = { $brand } 下4桁 { $last4 }
