# Pages that say what went wrong: what, why, what to do.
errors-home = トップページへ
errors-retry = もう一度開く
errors-reference = お問い合わせ用の番号：

errors-bad_request_title = 送信された内容を読み取れませんでした
errors-bad_request_why = 内容の一部が欠けているか、正しくない形で届きました。
errors-bad_request_do = 前のページに戻って、もう一度お試しください。

errors-forbidden_title = このページは表示できません
errors-forbidden_why = このページを開く権限がありません。
errors-forbidden_do = ほかの方としてログインしていないか、ご確認ください。

errors-not_found_title = ページが見つかりません
errors-not_found_why = アドレスが変わったか、入力したアドレスに誤りがあるようです。
errors-not_found_do = アドレスを確かめるか、トップページからお探しください。

errors-failure_title = 申し訳ありません。システムに問題が起きました
errors-failure_why = 原因はこちらにあり、お客様の操作によるものではありません。記録は自動で残しています。
errors-failure_do = 少し時間をおいて、もう一度お試しください。お支払いの途中だった場合も、同じお支払いが二重に請求されることはありません。

errors-stale_form_title = もう一度お試しください
errors-stale_form_why = ページを開いてから時間がたったか、ブラウザでクッキー（Cookie）が使えないため、送信された内容を安全に受け取れませんでした。
errors-stale_form_do = 下のボタンからページを開き直してください。繰り返し表示される場合は、ブラウザの設定でクッキーを有効にしてください。

errors-other_login_title = もう一度お試しください
errors-other_login_why = このページを開いたあとに、別のタブなどでログインの状態が変わりました。送信された内容は、まだ反映されていません。
errors-other_login_do = 下のボタンからページを開き直して、もう一度お試しください。

errors-crowded_title = ただいま混み合っています
errors-crowded_why = ログインされる方が大変多いため、まだ何も処理していません。
errors-crowded_do = 数秒おいて、もう一度お試しください。

errors-maintenance_title = ただいまご利用いただけません
errors-maintenance_why = メンテナンス中か、一時的に混み合っています。
errors-maintenance_do = 数分たってから、もう一度お試しください。

# Errors that have a code and no page of their own.
error-unexpected = 予期しない問題が起きました。少し時間をおいて、もう一度お試しください。
outside-refused = 外部のサービスに受け付けてもらえませんでした。
outside-unavailable = 外部のサービスに接続できません。少し時間をおいて、もう一度お試しください。
outside-unknown = 外部のサービスから返事がありません。処理が済んだかどうかを、こちらで確かめています。
