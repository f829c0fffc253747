# Payments: ways to pay, states, numbers on bills and slips, and what a provider said.

## Ways to pay
payments-method-card = クレジットカード
payments-method-docomo = ドコモ払い（d払い）
payments-method-au = auかんたん決済
payments-method-softbank = ソフトバンク・ワイモバイルまとめて支払い
payments-method-konbini = コンビニ払い

## States of a payment
payments-state-intent = 手続き中
payments-state-pending = お支払い待ち
payments-state-unknown = 確認中
payments-state-registered = カードを登録済み
payments-state-paid = お支払い済み
payments-state-partly_refunded = 一部を返金済み
payments-state-disputed = 支払者が異議を申し立て中
payments-state-refunded = 返金済み
payments-state-charged_back = カード会社などによる取り消し（チャージバック）
payments-state-failed = お支払いできませんでした
payments-state-expired = 期限切れ
payments-state-canceled = 取り消し

## Numbers that a bill, slip or mail shows
payments-reference-card_last4 = カード番号の下4桁
payments-reference-card_payment = カード決済の番号
payments-reference-docomo_payment = 決済番号
payments-reference-au_contract = 継続課金ID
payments-reference-au_payment = 決済情報番号
payments-reference-softbank_order = 注文番号
payments-reference-konbini_slip = 受付番号
payments-reference-konbini_confirmation = 確認番号

## Stores: their names, and the steps there
payments-store-seven_eleven = セブン-イレブン
payments-store-family_mart = ファミリーマート
payments-store-lawson = ローソン
payments-store-ministop = ミニストップ
payments-store-seicomart = セイコーマート
payments-store_how-any = 店頭の端末かレジで、受付番号と確認番号をお伝えください。
payments-store_how-seven_eleven = レジで「インターネット代金の支払い」と伝え、受付番号をお知らせください。
payments-store_how-family_mart = 店内のマルチコピー機で受付番号と確認番号を入力し、印刷された申込券をレジへお持ちください。
payments-store_how-lawson = 店内のLoppi（ロッピー）で受付番号と確認番号を入力し、印刷された申込券を30分以内にレジへお持ちください。
payments-store_how-ministop = 店内のLoppi（ロッピー）で受付番号と確認番号を入力し、印刷された申込券を30分以内にレジへお持ちください。
payments-store_how-seicomart = レジで「インターネット代金の支払い」と伝え、画面に受付番号と確認番号を入力してください。

## Why a payment failed; quoted as the provider's answer, so without a full stop
payments-failure-card_declined = カード会社の承認が得られませんでした
payments-failure-insufficient_funds = ご利用可能額が足りません
payments-failure-expired_card = カードの有効期限が切れています
payments-failure-incorrect_cvc = セキュリティコードが違います
payments-failure-authentication_failed = カードの本人認証（3Dセキュア）が完了しませんでした
payments-failure-limit_exceeded = 携帯電話会社のご利用限度額を超えています
payments-failure-contract_invalid = ご契約の回線では、この支払い方法をご利用いただけません
payments-failure-carrier_declined = 携帯電話会社の承認が得られませんでした
payments-failure-mandate_ended = 継続払いのご契約が終了しています
payments-failure-amount_mismatch = 受け取った金額が、請求した金額と違います
payments-failure-not_executed = 決済会社に請求が届きませんでした
payments-failure-refused = 決済会社が請求を受け付けませんでした
payments-failure-refund_exceeds = 返金できる残りの金額を超えています
payments-failure-refund_refused = 決済会社が返金を受け付けませんでした
payments-failure-account_closed = 返金先の口座が解約されています
payments-failure-insufficient_balance = 決済会社にある残高が返金に足りませんでした
payments-failure-failed = お支払いが完了しませんでした
payments-failure-expired = お支払いの期限が切れました
payments-failure-canceled = お支払いが取り消されました
payments-failure-other = お支払いが完了しませんでした

## Why the right to charge ended
payments-end_reason-merchant = 退会またはお支払い方法の変更により、こちらで終了しました
payments-end_reason-member = ご自身で、決済会社または携帯電話会社に解約を申し込まれました
payments-end_reason-carrier = 携帯電話会社または決済会社が終了しました
payments-end_reason-expired = カードの有効期限が切れました
payments-end_reason-refunded = お支払いを返金したため、継続払いを終了しました
payments-end_reason-charged_back = お支払いが取り消されたため、継続払いを終了しました
payments-end_reason-other = 継続払いのご契約が終了しました

## Errors
payments-error = お支払いの途中で問題が起きました。
payments-no_such_payment = このお支払いは見つかりません。
payments-no_such_provider = この決済会社は使えません。
payments-intent_conflict = 同じ手続きが、別の内容ですでに始まっています。最初からやり直してください。
payments-mandate_ended = 継続払いのご契約が終了しています。お支払い方法をもう一度ご登録ください。
payments-too_many_errors = 24時間以内にお支払いが4回承認されませんでした。カードなどを守るため、{ $until }を過ぎてから、もう一度お試しください。ご請求はありません。
payments-method_unavailable = このお支払い方法は、現在ご利用いただけません。ほかの方法をお選びください。
payments-impossible_answer = 決済会社の回答が、こちらの記録と食い違っています。正しい状況を確かめています。
payments-provider_unavailable = 決済会社につながりません。料金は発生していません。少し時間をおいて、もう一度お試しください。
payments-mandate_known = このカードまたは継続契約は、すでに引き継がれています。
payments-reference_unreadable = 番号「{ $number }」は、{ $kind }の形式ではありません。
