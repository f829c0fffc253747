# ログイン
login-title = ログイン
login-id = { ID_NAME() }またはメールアドレス
login-id_hint = 旧{ $formerly }もお使いいただけます。
login-password = パスワード
login-submit = ログイン
login-to_site = ログインすると「{ $site }」に進みます。
login-reset = パスワードを忘れた方
login-trouble = ログインできない方
login-join = はじめての方は入会へ
login-suggestion = { $suggestion } に直す
login-suggestion_question = もしかして：
login-anyway = 入力したとおりで間違いない場合は、もう一度パスワードを入力して「ログイン」を押してください。
login-refused_title = ログインできませんでした
login-refused = { ID_NAME() }・メールアドレスか、パスワードが違うようです。
login-refused_wait = 10回続けて間違えると、安全のため最大15分間ログインできなくなります。何度も試された場合は、15分ほどおいてからお試しください。
login-refused_do = 登録のメールアドレスに、状況と解決方法をお送りすることもできます。
login-locked_title = しばらくログインできません
login-locked = このブラウザで続けて間違えたため、安全のため{ $until }までは、正しいパスワードでもログインできません。
login-locked_do = 登録のメールアドレスでメールを受信できる場合は、パスワードを再設定すると、すぐにログインできます。
login-mended = { $suggestion } に直しました。パスワードを入力してください。

# ログアウト
logout-title = ログアウトしますか
logout-what = { $who } としてログインしています。この端末のすべてのサイトからログアウトします。
logout-submit = ログアウトする
logout-stay = ログインしたままにする
logout-done_title = ログアウトしました
logout-done_what = ご利用ありがとうございました。共用の端末では、ブラウザも閉じてください。
logout-again = もう一度ログインする

# クッキー
cookies-title = クッキー（Cookie）を有効にしてください
cookies-what = お使いのブラウザは、クッキーを使わない設定になっています。このままでは、パスワードが正しくてもログインできません。
cookies-why = パスワードを入力する前に、設定を変えてください。
cookies-steps = 設定のしかた
cookies-iphone_1 = 「設定」を開き、「アプリ」から「Safari」を選びます。
cookies-iphone_2 = 「詳細」を開き、「すべてのCookieをブロック」をオフにします。
cookies-android_1 = Chromeの右上のメニュー（︙）から「設定」を開きます。
cookies-android_2 = 「サイトの設定」から「サードパーティの Cookie」または「Cookie」を開き、ブロックを解除します。
cookies-other = そのほかのブラウザ
cookies-other_1 = ブラウザの設定で「プライバシー」または「Cookie」の項目を開きます。
cookies-other_2 = このサイト（{ $host }）のクッキーを許可します。
cookies-private = プライベートブラウズ（シークレットモード）をお使いの場合は、通常の画面で開き直してください。
cookies-retry = もう一度ログイン画面を開く

# アプリの中のブラウザ（手順は common にあります）
in_app-address = このページのアドレス
in_app-stay = このままログインへ進む

# パスワードの再設定
reset-title = パスワードの再設定
reset-what = { ID_NAME() }またはメールアドレスを入力してください。登録のメールアドレスに8桁の確認コードをお送りします。
reset-submit = 確認コードをメールで受け取る
reset-code_title = 確認コードと新しいパスワード
reset-code_what = 登録がある場合は、メールをお送りしています。メールに書かれた8桁の確認コードは、{ $minutes }分間有効です。
reset-code = 確認コード（8桁）
reset-password = 新しいパスワード
reset-password_hint = 8文字以上。15文字以上にすると、より安全です。
reset-change = パスワードを変更する
reset-not_arrived = メールが届かないとき
reset-not_arrived_1 = 迷惑メールのフォルダーをご確認ください。
reset-not_arrived_2 = 「{ $domain }」からのメールを受信できるように設定してください。
reset-not_arrived_3 = メールアドレスを変更された方は、以前のアドレスに届いている場合があります。
reset-again = 確認コードをもう一度受け取る
reset-done_title = パスワードを変更しました
reset-done_what = 新しいパスワードでログインしてください。安全のため、ほかの端末のログインはすべて終了しました。
reset-expired_title = はじめからやり直してください
reset-expired_what = 時間が過ぎたか、別のブラウザで開かれたため、手続きを続けられませんでした。パスワードは変わっていません。

# ログインできない方
trouble-title = ログインできないとき
trouble-lead = 登録のメールアドレスに、今の状況と解決方法をお送りします。
trouble-what = メールには、{ ID_NAME() }、サイトごとの会員の状況、ご利用いただけない理由と次にすること、パスワードを再設定するリンクが書かれています。
trouble-id = { ID_NAME() }またはメールアドレス
trouble-submit = 状況をメールで受け取る
trouble-before = 次の場合は、こちらをご利用ください
trouble-before_password = パスワードを忘れた
trouble-before_password_do = 再設定の手続きへ
trouble-before_paid = お支払い済みなのにログインできない
trouble-before_paid_do = パスワードがわかる方は、ログインしてください。その場でお支払いを確認し、理由と解決方法をお知らせします。
trouble-sent_title = 受け付けました
trouble-sent_what = 「{ $typed }」の登録があれば、数分のうちに、登録のメールアドレスへ状況と解決方法をお送りします。
trouble-sent_why = 個人情報を守るため、登録の有無にかかわらず同じ画面を表示しています。
trouble-sent_wait = 数分待っても届かないとき
trouble-other = 別の{ ID_NAME() }・メールアドレスで試す
trouble-contact = それでも解決しないときは
trouble-contact_do = 事務局までご連絡ください。パスワードやカード番号をお尋ねすることは、決してありません。
trouble-back = ログインに戻る

# 入れる・入れない
entry-do = 次にできること
entry-checking = 決済会社に確認しています…
entry-signed_in = { $member_id }でログインしています。
entry-switch = 別の{ ID_NAME() }でログインする
entry-my_page = マイページへ

# 状況のお知らせメール
trouble_report-subject = 【{ $identity }】ログインについてのご案内
trouble_report-unknown_subject = 【{ $identity }】ログインについてのご案内（登録が見つかりません）
trouble_report-intro = 「ログインできないとき」のページからお申し込みいただいた件のご案内です。
trouble_report-member_id = { ID_NAME() }：{ $member_id }
trouble_report-email = 登録のメールアドレス：{ $email }
trouble_report-log_in = { ID_NAME() }でも、メールアドレスでもログインできます。
trouble_report-log_in_link = ログイン：{ $url }
trouble_report-reset_link = パスワードを忘れたとき：{ $url }
trouble_report-no_site = 入会の記録が見つかりませんでした。ほかの{ ID_NAME() }やメールアドレスで入会されていないか、ご確認ください。
trouble_report-unknown = このメールアドレスの登録は見つかりませんでした。ほかのメールアドレスや{ ID_NAME() }にお心当たりがあれば、そちらでお試しください。
trouble_report-unknown_link = もう一度試す：{ $url }
trouble_report-not_you = お心当たりがない場合は、このメールを破棄してください。登録内容は何も変わっていません。
trouble_report-never_ask = パスワードやカード番号をお尋ねすることは、決してありません。
trouble_report-code = お問い合わせ用コード：{ $quoted }
