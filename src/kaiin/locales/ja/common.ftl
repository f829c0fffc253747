# Words that every page shares.
common-skip = 本文へ
common-header_links = メニュー
# What the ID is called where no tenant has given it a name
common-id_name = 会員ID
common-my_page = マイページ
common-log_in = ログイン
common-log_out = ログアウト
common-join = 入会する
common-back = 戻る
common-next = 次へ
common-change = 変更
common-change_what = （{ $what }）
common-cancel = キャンセル
common-optional = （任意）
common-error = エラー：
common-error_summary =
    { $count ->
        [1] 入力内容をご確認ください
       *[other] 入力内容をご確認ください（{ $count }か所）
    }
common-fill_in = { $label }を入力してください。
common-choose = { $label }を選んでください。
common-tick = 「{ $label }」にチェックを入れてください。
common-no_date = 実在する日付を西暦で入力してください。例：1998年4月7日
common-year = 年（西暦）
common-month = 月
common-day = 日
common-busy = 送信しています…
common-total = 合計（税込）
common-tax_included = 税込
common-steps = 手順 { $now } / { $of }
common-code = お問い合わせ用コード：
common-operated_by = 運営：{ $name }
common-password_show = 表示
common-password_hide = 隠す
common-caps_lock = Caps Lockがオンになっています。大文字で入力されます。
common-wide_typing = 全角の文字が入っています。パスワードが半角英数字の場合は、入力モードを切り替えてください。

# The seller
common-legal = 特定商取引法に基づく表記
common-legal_title = 特定商取引法に基づく表記
common-legal_seller = 販売事業者
common-legal_representative = 運営責任者
common-legal_address = 所在地
common-legal_contact = お問い合わせ先
common-legal_registration = 適格請求書発行事業者の登録番号
common-legal_price = 販売価格と更新
common-legal_payment = お支払いの時期と方法
common-legal_payment_text = お申し込みのときに、選んだ方法でお支払いいただきます。自動で更新されるコースは、更新のたびに同じ方法で請求します。
common-legal_delivery = ご利用開始の時期
common-legal_delivery_text = お支払いを確認でき次第、すぐにご利用いただけます。
common-legal_cancel = 解約と返金
common-legal_cancel_text = マイページからいつでも退会できます。退会しても、お支払い済みの期間が終わるまではご利用いただけます。更新を止められる期限と返金は、上のコースごとの記載のとおりです。

# Browsers
common-in_app_why = アプリの中の画面では、ログインの状態が保たれないことがあります。ログインする前に、いつものブラウザで開いてください。
common-in_app_line_title = LINEアプリの中で開いています
common-in_app_line_do = 下のボタンを押すか、画面右下（または右上）のメニューから「ブラウザで開く」を選んでください。
common-in_app_line_open = いつものブラウザで開く
common-in_app_instagram_title = Instagramアプリの中で開いています
common-in_app_instagram_do = 画面右上の「…」を押して、「外部ブラウザで開く」を選んでください。
common-in_app_facebook_title = Facebookアプリの中で開いています
common-in_app_facebook_do = 画面右上の「…」を押して、「外部ブラウザで開く」を選んでください。
common-in_app_x_title = Xアプリの中で開いています
common-in_app_x_do = 画面の共有ボタンまたは「…」を押して、「ブラウザで開く」を選んでください。
common-in_app_yahoo_title = Yahoo! JAPANアプリの中で開いています
common-in_app_yahoo_do = 画面下のメニューを押して、「ブラウザで開く」を選んでください。
common-in_app_google_title = Googleアプリの中で開いています
common-in_app_google_do = 画面右上の「…」を押して、「ブラウザで開く」を選んでください。
common-in_app_other_title = アプリの中の画面で開いています
common-in_app_other_do = メニューから「ブラウザで開く」を選ぶか、このページのアドレスをコピーして、いつものブラウザで開いてください。

# The member card
common-member_card = デジタル会員証
common-member_number = 会員番号
common-joined = 入会日

# Ways to pay
common-list_separator = 、
