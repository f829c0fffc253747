# マイページ
mypage-title = マイページ
mypage-greeting = { $name }さん
mypage-empty = まだ入会しているサイトがありません
mypage-empty_do = 下のサイトから、この{ ID_NAME() }のまま入会できます。
mypage-span_to = 〜

# 会員の状況
mypage-standing_active = 入会中
mypage-standing_granted = ご利用いただけます
mypage-standing_leaving = 退会予定
mypage-standing_past_due = お支払いが必要
mypage-standing_pending = お支払い待ち
mypage-standing_paused = お休み中
mypage-standing_dormant = 更新待ち
mypage-standing_withdrawn = 退会済み

# 会員情報の項目
mypage-course = コース
mypage-price_with_fee = { $price }、うちお支払い手数料{ $fee }
mypage-way = お支払い方法
mypage-period = ご利用期間
mypage-last_period = ご利用期間
mypage-until = { $day }まで
mypage-next = 次回のお支払い
mypage-next_renewal = 次回の更新日
mypage-next_retry = { $day }に{ $amount }を、もう一度自動で請求します
mypage-next_none = 今後の請求はありません
mypage-next_opens = 更新は{ $day }から受け付けます

mypage-granted = 事務局が用意したご利用期間

# 次の一歩
mypage-stay = 退会を取りやめる
mypage-leave = 退会する
mypage-give_up = 申し込みを取り消す
mypage-of_site = （{ $site }）

# ほかのサイト
mypage-others = ほかのサイト
mypage-sites = 入会できるサイト
mypage-others_what = { ID_NAME() }はどのサイトでも共通です。入会と会費は、サイトごとに分かれています。
mypage-join = 入会する

# お支払いの記録
mypage-charges = お支払いの記録
mypage-charges_what = これまでの請求と領収書をご覧いただけます。
mypage-charges_none = お支払いの記録はまだありません
mypage-charges_none_do = お支払いが済むと、ここに領収書が並びます。
mypage-charges_all = すべての記録を見る
mypage-charges_lead = これまでのお支払いと、できなかった請求の一覧です。お支払い済みのものは、領収書をご覧いただけます。
mypage-charge_what = { $site } { $course }
mypage-charge_paid = お支払い済み
mypage-charge_failed = 請求できませんでした
mypage-charge_expired = 期限切れ
mypage-charge_open = 確認中
mypage-charge_waiting = お支払い待ち
mypage-charge_parked = お預かり中
mypage-charge_parked_why = お支払いは届いていますが、会費としてまだ使われていません。事務局で確認しています。
mypage-charge_parked_refund = 同じ期間の会費をすでにお支払いいただいているため、自動で返金の手続きをしています。お客様の手続きは必要ありません。
mypage-charge_parked_account = 同じ期間の会費をすでにお支払いいただいているため、銀行口座への振り込みで返金します。振込先は、事務局が書面または電話でうかがいます。メールやSNSで口座番号をうかがうことはありません。
mypage-charge_refunded = 返金済み
mypage-charge_charged_back = 取り消し
mypage-charge_charged_back_why = お支払いは、カード会社または決済会社によって取り消されました。
mypage-charge_part_refunded = うち{ $amount }を返金しました。
mypage-to_receipt = 領収書
mypage-to_receipt_of = （{ $day } { $what }）
mypage-tax_included = （税込）

# 退会
mypage-leave_title = { $site }を退会しますか
mypage-leave_running = { $day }まで、これまでどおりご利用いただけます。そのあとの請求はありません。
mypage-leave_past_due = 未払いの会費は請求しません。会員ページはすぐに閉じます。
mypage-leave_lost = 退会すると
mypage-leave_lost_pages = { $day }のあとは、会員ページとデジタル会員証をご利用いただけません。
mypage-leave_lost_pages_now = 会員ページとデジタル会員証をご利用いただけなくなります。
mypage-leave_lost_number = 会員番号{ $number }と入会日（{ $joined }）は{ $until }まで残します。それまでに再入会すると引き継げます。そのあとは新しくなります。
mypage-leave_no_days = 残りの日数がないため、返金する会費はありません。
mypage-leave_kept_id = { ID_NAME() }（{ $member_id }）は残ります。ほかのサイトにはこれまでどおりログインできます。
mypage-leave_undo_until = 退会は、{ $day }までマイページで取りやめられます。
mypage-leave_submit = 退会する
mypage-leave_back = 退会しない
mypage-left_title = 退会の手続きが完了しました
mypage-left_until = { $site }は、{ $day }までご利用いただけます。そのあとの請求はありません。
mypage-left_mail = 同じ内容を { $email } にもお送りしました。
mypage-left_undo = お気持ちが変わったときは、{ $day }までに退会を取りやめると、これまでどおり続けられます。
mypage-left_home = マイページに戻る
mypage-give_up_title = { $site }への申し込みを取り消しますか
mypage-give_up_what = お支払いの受付を終了します。コンビニの受付番号をお持ちの場合は、使えなくなります。
mypage-give_up_charges = 取り消すと、このあとの請求はありません。
mypage-give_up_slip = お店でお支払い済みの場合は、取り消さずに、確認が届くまでお待ちください。3時間ほどかかることがあります。
mypage-give_up_submit = 申し込みを取り消す
mypage-give_up_back = 取り消さない
mypage-said_stayed = 退会を取りやめました。{ $site }を、これまでどおりご利用いただけます。
mypage-said_left = { $site }を退会しました。このあとの請求はありません。
mypage-said_given_up = { $site }への申し込みを取り消しました。このあとの請求はありません。

# 会員IDと登録内容
mypage-identity = { ID_NAME() }と登録内容
mypage-member_id = { ID_NAME() }
mypage-member_id_use = ログインには、{ ID_NAME() }かメールアドレスをお使いください。
mypage-copy = コピー
mypage-copied = コピーしました
mypage-email = メールアドレス
mypage-email_none = 登録がありません
mypage-password = パスワード
mypage-password_set = 設定済み
mypage-password_title = パスワードの変更
mypage-password_lead = 変更すると、ほかの端末はすべてログアウトします。この端末ではこのまま続けられます。
mypage-password_old = 今のパスワード
mypage-password_new = 新しいパスワード
mypage-password_forgotten = 今のパスワードがわからない方は、メールで再設定
mypage-password_said = パスワードを変更しました。ほかの端末はすべてログアウトしました。
mypage-nickname = ニックネーム
mypage-legal_name = お名前
mypage-legal_name_kana = お名前（フリガナ）
mypage-birth_date = 生年月日
mypage-prefecture = お住まいの都道府県
mypage-phone = 電話番号
mypage-details_wrong = 登録内容に誤りがあるときは、{ ID_NAME() }を添えて { $contact } までご連絡ください。
