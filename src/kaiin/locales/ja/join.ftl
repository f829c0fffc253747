# Joining: the pages from the first look to the first payment.
join-step_course = コース
join-step_way = お支払い方法
join-step_details = お客様情報
join-step_code = メールの確認
join-step_confirm = 最終確認

# Course
join-course_title = { $site }に入会する
join-what_you_get = 会員になるとできること
join-course = コース
join-price_monthly = 月額 { $price }
join-price_once = { $price }
join-known_already = 会員IDをすでにお持ちの方は、
join-log_in_and_go_on = ログインして続ける
join-no_courses = 現在、新しい入会は受け付けていません
join-no_courses_text = 受付の再開まで、お待ちください。

# Way to pay
join-way = お支払い方法
join-way_title = お支払い方法を選ぶ
join-way_lead = { $course }（{ $price }・税込）
join-way_card = Visa、Mastercard、JCBなど。カード会社の本人認証（3Dセキュア）があります。
join-way_docomo = ドコモの携帯電話料金と合わせてお支払いいただけます。4桁のネットワーク暗証番号が必要です。
join-way_au = auの通信料金と合わせてお支払いいただけます。au IDでの認証が必要です。
join-way_softbank = ソフトバンクまたはワイモバイルの携帯電話料金と合わせてお支払いいただけます。
join-way_konbini = 受付番号を発行します。期限までに、お近くのコンビニエンスストアでお支払いください。
join-way_fee = 手数料 { $fee }

# Details
join-details_title = お客様情報を入力する
join-email = メールアドレス
join-email_hint = 確認コードをお送りします。ログインにも使います。
join-email_typo = もしかして { $suggestion } ではありませんか？このままでよければ、もう一度送信してください。
join-password = パスワード
join-password_hint = 8文字以上。15文字以上をおすすめします。記号や日本語、空白も使えます。
join-password_kept = 先ほど入力したパスワードを使います。変えるときだけ入力してください。
join-nickname = ニックネーム
join-nickname_hint = 会員ページに表示されます。あとから変更できます。
join-legal_name = お名前
join-legal_name_hint = 会員になるご本人のお名前。例：会員 花子
join-legal_name_kana = お名前（フリガナ）
join-legal_name_kana_hint = 例：カイイン ハナコ
join-birth_date = 生年月日
join-birth_date_hint = 西暦で入力してください。例：1998年4月7日
join-prefecture = お住まいの都道府県
join-choose = 選んでください
join-phone = 電話番号
join-phone_hint = 例：090-1234-5678
join-minors = 未成年の方は、保護者の方の同意を得てからお申し込みください。保護者の方がお支払いになる場合も、会員になるご本人のお名前で登録してください。
join-send_code = 確認コードをメールで受け取る

# Code
join-code_title = メールの確認コードを入力する
join-code_lead = { $email } に6桁の確認コードをお送りしました。10分以内に入力してください。
join-code_label = 確認コード
join-code_sent_again = 新しい確認コードをお送りしました。前のコードは使えなくなりました。
join-no_mail = メールが届かないとき
join-no_mail_known = すでに会員IDをお持ちの場合は、コードの代わりにログインのご案内をお送りしています。
join-no_mail_filter = 迷惑メールのフォルダーをご確認ください。携帯電話会社のメールをお使いの場合は、「{ $domain }」からのメールを受信できるように設定してください。
join-no_mail_typo = メールアドレスが正しいかご確認ください。
join-change_email = メールアドレスを直す
join-send_again = 確認コードをもう一度受け取る

# Final confirmation
join-confirm_title = お申し込み内容の最終確認
join-confirm_lead = まだお申し込みは完了していません。内容をご確認のうえ、お支払いへお進みください。
join-changed_title = お申し込み内容が変わりました
join-changed_text = 別の画面で変更されるなどして、表示していた内容と異なっています。お支払いの前に、もう一度ご確認ください。
join-trouble_text = 料金は発生していません。少し時間をおいて、もう一度お試しください。
join-what = お申し込み内容
join-site = サイト
join-period = ご利用期間
join-period_text = お支払いの確認後すぐ〜{ $until }
join-period_following = { $start }〜{ $until }（今の期間に続けて）
join-valid_until = ご利用期限
join-charges = お支払い
join-charge_now = 今回のお支払い
join-next_charge = 次回は{ $day }に{ $amount }をお支払いいただきます。その後も、退会されるまで期間ごとに自動で更新します。
join-no_next_charge = 自動更新はありません。{ $until }を過ぎると終了し、その後の料金は発生しません。
join-slip_deadline = 受付番号の発行から{ $days }日以内に、コンビニエンスストアでお支払いください。期限を過ぎると、お申し込みは自動で取り消されます。
join-cancelling = 退会について
join-cancelling_renewing = マイページからいつでも退会できます。次回のお支払い日の前に退会すると、その後の料金は発生しません。お支払い済みの期間が終わるまでご利用いただけます。
join-cancelling_once = 自動更新がないため、退会の手続きは必要ありません。期間の途中でも、マイページから退会できます。
join-no_refund = サービスの性質上、お支払い済みの会費は返金できません。
join-minor_title = 保護者の方の同意が必要です
join-minor_text = { $age }歳未満の方のお申し込みには、保護者の方の同意が必要です。この画面を保護者の方と一緒にご確認ください。
join-guardian_label = 保護者の同意を得ています
join-pay = { $amount }を支払う
join-pay_busy = お支払い画面へ進んでいます…
join-pay_note = 決済会社の画面に移動します。カード番号や暗証番号が、当サイトに渡ることはありません。

# On to the provider
join-go_title = お支払い画面へ進みます
join-go_lead = 決済会社の画面へ移動します。下のボタンを押してください。
join-go = お支払い画面へ

# Back from the provider
join-paid_title = ご入会ありがとうございます
join-paid_lead = お支払いを確認しました。{ $site }を今すぐご利用いただけます。
join-member_id = 会員ID
join-paid = お支払い金額
join-keep_id = ログインには、会員ID（{ $id_name }）かメールアドレスを使います。会員IDはメールでもお送りしました。
join-enter = { $site }に入る
join-receipt = 領収書を見る
join-slip_title = コンビニでお支払いください
join-slip_lead = { $deadline }までに、コンビニエンスストアでお支払いください。
join-amount = お支払い金額
join-deadline = お支払い期限
join-slip_how = 店頭の端末かレジで、上の番号をお伝えください。入会日は、お店でお支払いいただいた日になります。お店からの連絡がこちらに届くまで、3時間ほどかかることがあります。
join-slip_mailed = 同じ内容を { $email } にもお送りしました。
join-check_now = お支払いを今すぐ確認する
join-asked_at = 決済会社に確認した日時：{ $at }
join-open_title = お支払いの完了を、まだ確認できていません
join-open_lead = お支払いの手続きは、まだ終わっていません。
join-open_text = お支払いがお済みの場合は「お支払いを今すぐ確認する」を押してください。完了していれば、すぐにご利用いただけます。二重に請求されることはありません。
join-pay_on = お支払い画面に戻る
join-failed_page = お支払いができませんでした
join-failed_title = お支払いは完了していません。料金は発生していません。
join-failed_text = お支払い方法を変えるか、もう一度お試しください。入力した内容は残っています。
join-try_again = お支払い方法を選び直す
