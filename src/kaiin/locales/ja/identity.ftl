# Accounts: mails of the identity's flows, passwords, details, errors.

## Mails

mail-join_code-subject = 【{ $site }】確認コードは { $digits } です
mail-join_code-body =
    { $site }の入会手続きで、このメールアドレスが入力されました。
    メールアドレスを確認するため、次の確認コードを手続きの画面に入力してください。

    確認コード：{ $digits }

    コードは{ $minutes }分間、1回だけ使えます。
    手続きを始めた画面（同じブラウザ）に入力してください。

    お心当たりがない場合は、このメールを破棄してください。コードを入力しないかぎり、何も登録されません。
    このコードをほかの人に教えないでください。こちらからお尋ねすることもありません。
mail-join_known-subject = 【{ $site }】すでにご登録があります
mail-join_known-body =
    { $site }の入会手続きで、このメールアドレスが入力されました。
    このメールアドレスは、すでに{ $identity }に登録されています。
    新しく登録する必要はありません。次のページからログインして、手続きを続けてください。
    { $login_url }

    パスワードをお忘れの場合は、次のページで新しく設定できます。
    { $reset_url }

    お心当たりがない場合は、このメールを破棄してください。登録内容は何も変わっていません。
mail-reset_code-subject = 【{ $identity }】パスワード再設定の確認コード
mail-reset_code-body =
    パスワードの再設定を受け付けました。
    次の確認コードと新しいパスワードを、再設定の画面に入力してください。

    確認コード：{ $digits }
    { ID_NAME() }：{ $member_id }

    コードは{ $minutes }分間、1回だけ使えます。
    再設定を始めた画面（同じブラウザ）に入力してください。

    お心当たりがない場合は、このメールを破棄してください。コードを入力しないかぎり、パスワードは変わりません。
    このコードをほかの人に教えないでください。こちらからお尋ねすることもありません。
mail-reset_unknown-subject = 【{ $identity }】パスワードの再設定について（登録が見つかりません）
mail-reset_unknown-body =
    パスワードの再設定で、このメールアドレス（{ $address }）が入力されました。
    このメールアドレスでの登録は見つかりませんでした。

    ほかのメールアドレスで登録されているかもしれません。お心当たりのあるメールアドレスか{ ID_NAME() }で、もう一度お試しください。
    { $reset_url }

    お心当たりがない場合は、このメールを破棄してください。
mail-password_changed-subject = 【{ $identity }】パスワードが変更されました
mail-password_changed-body =
    { $identity }（{ $member_id }）のパスワードが変更されました。
    安全のため、ほかの端末はすべてログアウトしました。

    ご自身で変更された場合は、何もする必要はありません。

    お心当たりがない場合は、次のページからすぐにパスワードを設定し直してください。
    { $reset_url }

## Errors

identity-login_refused = { ID_NAME() }・メールアドレスか、パスワードが違うようです。もう一度ご確認ください。
identity-disabled = この{ ID_NAME() }は、現在ご利用いただけません。詳しくは事務局までお問い合わせください。
identity-login_outdated = ログインの途中でパスワードが変更されました。新しいパスワードでもう一度ログインしてください。
identity-session_ended = ログインの状態が終わりました。もう一度ログインしてください。
identity-code_wrong = 確認コードが違います。メールに書かれた{ $digits }桁の数字をもう一度ご確認ください。（あと{ $left }回入力できます）
identity-code_used_up = 入力できる回数（{ $tries }回）を超えたため、この確認コードは使えなくなりました。新しいコードをお受け取りください。
identity-code_expired = 確認コードの有効期限（{ $minutes }分）が切れました。新しいコードをお受け取りください。
identity-code_used = この確認コードは使用済みです。パスワードを設定し直した場合は、新しいパスワードでログインしてください。
identity-code_not_read = { $digits }桁の数字が見つかりません。メールに書かれた確認コードを入力してください。
identity-code_several = { $digits }桁の数字が複数あり、どれが確認コードか分かりません。確認コードだけを入力してください。
identity-too_many_mails = 確認コードをお送りできる回数を超えました。{ $minutes }分ほどおいて、もう一度お試しください。
identity-asked_too_fast = ただいま、同じ回線からの手続きが集中しています。{ $seconds }秒ほどおいて、もう一度お試しください。
identity-crowded = ただいま、ログインが大変混み合っています。パスワードはまだ確認していません。数秒おいて、もう一度お試しください。
identity-mail_not_proven = メールアドレスの確認が済んでいないか、確認から時間がたっています。もう一度確認コードをお受け取りください。
identity-already_registered = このメールアドレスは、すでに登録されています。ログインして手続きを続けてください。
identity-unknown_member = 会員が見つかりませんでした。
identity-password_refused = このパスワードは使えません。
identity-old_password_wrong = 今のパスワードが違うようです。もう一度ご確認ください。
identity-old_password_locked = 間違いが続いたため、{ $until }まで変更できません。お急ぎの場合は、メールで再設定してください。
identity-details_invalid = 入力内容をご確認ください。

## Passwords

password-too_short = パスワードは8文字以上で入力してください。
password-too_short_staff = スタッフのパスワードは15文字以上で入力してください。
password-too_long = パスワードは128文字以内で入力してください。
password-common = よく使われている、推測されやすいパスワードです。別のパスワードにしてください。
password-own_data = お名前・生年月日・メールアドレスなど、ご自身の情報を除いて8文字以上になるようにしてください。
password-site_name = サイトの名前を除いて8文字以上になるようにしてください。

## Details

details-missing = 入力してください。
details-too_long = 長すぎます。短くしてください。
details-not_kana = カタカナで入力してください。
details-not_a_date = 実在する日付を入力してください。例：1990年4月1日
details-date_ahead = 今日までの日付を入力してください。
details-date_too_old = 生年月日の年をご確認ください。
details-unknown_prefecture = 一覧から選んでください。
details-not_a_phone = 電話番号を市外局番から正しく入力してください。例：090-0000-0000（国外の番号は、＋と国番号から入力してください。例：+1 202-555-0143）
details-not_an_address = メールアドレスを正しく入力してください。例：name@example.jp
details-several_addresses = メールアドレスが2つ以上入っているか、空白などで分かれているようです。1つだけを入力してください。

## Prefectures (ISO 3166-2:JP)

prefecture-JP-01 = 北海道
prefecture-JP-02 = 青森県
prefecture-JP-03 = 岩手県
prefecture-JP-04 = 宮城県
prefecture-JP-05 = 秋田県
prefecture-JP-06 = 山形県
prefecture-JP-07 = 福島県
prefecture-JP-08 = 茨城県
prefecture-JP-09 = 栃木県
prefecture-JP-10 = 群馬県
prefecture-JP-11 = 埼玉県
prefecture-JP-12 = 千葉県
prefecture-JP-13 = 東京都
prefecture-JP-14 = 神奈川県
prefecture-JP-15 = 新潟県
prefecture-JP-16 = 富山県
prefecture-JP-17 = 石川県
prefecture-JP-18 = 福井県
prefecture-JP-19 = 山梨県
prefecture-JP-20 = 長野県
prefecture-JP-21 = 岐阜県
prefecture-JP-22 = 静岡県
prefecture-JP-23 = 愛知県
prefecture-JP-24 = 三重県
prefecture-JP-25 = 滋賀県
prefecture-JP-26 = 京都府
prefecture-JP-27 = 大阪府
prefecture-JP-28 = 兵庫県
prefecture-JP-29 = 奈良県
prefecture-JP-30 = 和歌山県
prefecture-JP-31 = 鳥取県
prefecture-JP-32 = 島根県
prefecture-JP-33 = 岡山県
prefecture-JP-34 = 広島県
prefecture-JP-35 = 山口県
prefecture-JP-36 = 徳島県
prefecture-JP-37 = 香川県
prefecture-JP-38 = 愛媛県
prefecture-JP-39 = 高知県
prefecture-JP-40 = 福岡県
prefecture-JP-41 = 佐賀県
prefecture-JP-42 = 長崎県
prefecture-JP-43 = 熊本県
prefecture-JP-44 = 大分県
prefecture-JP-45 = 宮崎県
prefecture-JP-46 = 鹿児島県
prefecture-JP-47 = 沖縄県
prefecture-abroad = 海外

## Command line

cli-staff-rights_set = { $member_id } の権限を設定しました。
cli-staff-created = { $member_id } を作成しました。{ ID_NAME() }またはメールアドレスで管理画面にログインできます。
password-full_width = 先ほどログインできなかったときのパスワードには、全角文字が入っていました。全角と半角は別の文字として扱われます。
password-outer_spaces = 先ほどログインできなかったときのパスワードには、前後に空白が入っていました。
password-over_legacy_limit = 先ほどログインできなかったときのパスワードは、12文字を超えていました。以前のサービスのパスワードは12文字までです。
