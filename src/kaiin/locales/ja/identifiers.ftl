# 入力された文字の形だけからわかること(登録の有無は確かめません)

identifier-unknown = { ID_NAME() }またはメールアドレスの形ではないようです。もう一度ご確認ください。

# 直して読み取ったこと（お知らせするときだけ使います）
identifier-full_width = 全角文字を半角に直しました。
identifier-invisible = 目に見えない文字を取り除きました。
identifier-spaces = 空白を取り除きました。
identifier-hyphen = ハイフンに似た記号を直しました。
identifier-separators = 区切りの記号を取り除きました。
identifier-case = 大文字・小文字をそろえました。
identifier-wrapping = 前後のかっこや引用符を取り除きました。
identifier-dot_mark = 「。」を「.」に直しました。
identifier-comma = 「,」を「.」に直しました。
identifier-doubled = 重なった記号を1つにしました。
identifier-surrounded = 前後の文字を取り除きました。
identifier-repeated = 2回続けて入力された同じものを1つにしました。
identifier-spreadsheet = 表計算ソフトの数値の形を、{ ID_NAME() }の形に直しました。
identifier-apostrophe = アポストロフィを半角に直しました。
identifier-label = 番号の前の見出しを取り除きました。
identifier-missing_prefix = 先頭の英字を補いました。
identifier-repeated_prefix = 重なった先頭の英字を1つにしました。
identifier-look_alike = 数字に似た文字が混ざっているようです。オー（O）とゼロ（0）、アイ（I）やエル（l）とイチ（1）をご確認ください。
identifier-kana = かな入力のままになっているようです。英数字に切り替えてください。
identifier-country_code = 国番号つきの番号を、国内の形に直しました。

# お伝えすること
identifier-empty = { ID_NAME() }またはメールアドレスを入力してください。
identifier-too_long = 文字が多すぎます。{ ID_NAME() }またはメールアドレスだけを入力してください。
identifier-several = { ID_NAME() }やメールアドレスが2つ以上入っているか、空白で分かれているようです。どちらか1つだけを、空白を入れずに入力してください。
identifier-check_digit = { ID_NAME() }の数字がどこか1か所違うか、隣どうしが入れ替わっているようです。
identifier-wrong_length = { ID_NAME() }の桁数が合わないようです。数字が足りないか、多くないかご確認ください。
identifier-other_prefix = 先頭の英字が、こちらの{ ID_NAME() }のものと違うようです。
identifier-could_be_date = 日付のように見えます。{ ID_NAME() }またはメールアドレスを入力してください。
identifier-mail_domain_typo = メールアドレスの「@」のあとに、入力の間違いがあるようです。
identifier-mail_domain_incomplete = メールアドレスの「@」のあとが、途中で切れているようです。
identifier-mail_incomplete = メールアドレスの「@」の前か後ろが足りないようです。
identifier-mail_two_ats = 「@」が2つ以上あります。
identifier-mail_missing_at = メールアドレスの「@」が抜けているようです。
identifier-mail_characters = メールアドレスに使えない文字が入っているようです。
identifier-mail_old_carrier = 携帯電話会社の以前の形式のメールアドレスです。このままお使いいただけます。
identifier-mail_dots = メールアドレスの「.」の位置をご確認ください。

# 別の番号と見分けたもの
identifier-is_phone = 電話番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_docomo_payment = ドコモの決済番号（12桁）のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_au_contract = auの継続課金IDのようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_au_payment = auの決済情報番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_softbank_order = ソフトバンク・ワイモバイルの注文番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_konbini_slip = コンビニでのお支払いの受付番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_konbini_confirmation = コンビニでのお支払いの確認番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_card_payment = カード決済の管理番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_card_last4 = カード番号の下4桁のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-is_card_number = クレジットカードの番号のようです。カード番号は入力しないでください。入力された番号は保存していません。
identifier-is_member_number = サイトごとの会員番号のようです。ログインには{ ID_NAME() }またはメールアドレスをお使いください。

identifier-could_be_phone = 電話番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_docomo_payment = ドコモの決済番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_au_contract = auの継続課金IDのようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_au_payment = auの決済情報番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_softbank_order = ソフトバンク・ワイモバイルの注文番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_konbini_slip = コンビニでのお支払いの受付番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_konbini_confirmation = コンビニでのお支払いの確認番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_card_payment = カード決済の管理番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_card_last4 = カード番号の下4桁のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
identifier-could_be_member_number = サイトごとの会員番号のようにも見えます。ログインには{ ID_NAME() }またはメールアドレスをお使いください。
