# Terms of use and privacy policy, and members' consent.
documents-title-terms = 利用規約
documents-title-privacy = プライバシーポリシー
documents-applies_since = 第{ $version }版（{ $day }から適用）
documents-applies_from = 第{ $version }版（{ $day }から適用予定）
documents-old = これは以前の版です。現在は第{ $version }版が適用されています
documents-to_current = 現在の{ $title }（第{ $version }版）を見る
documents-coming = { $day }から第{ $version }版に変わります
documents-to_coming = 新しい{ $title }（第{ $version }版）を見る
documents-elsewhere = 全文は、次のページに掲載しています。
documents-new_tab = （新しいタブで開きます）
documents-others = ほかの版
documents-version_from = 第{ $version }版（{ $day }から）
documents-named = { $title }（第{ $version }版）
documents-within-terms = 利用規約
documents-within-privacy = プライバシーポリシー
documents-and = と

# Asked before buying
documents-agree_to = { $documents }に同意します
documents-read_first = お支払いの前に、次の内容をお読みください。
documents-apply = 適用される規約など：

# Asked after a login
documents-ask_title = 同意のお願い
documents-ask_changed = { $documents }が新しくなりました。お読みのうえ、同意されるかどうかをお選びください。
documents-ask_first = { $documents }への同意の記録がまだありません。お読みのうえ、同意されるかどうかをお選びください。
documents-changed = 表示していた版が新しくなりました。もう一度ご確認ください
documents-applies = { $day }から適用しています。
documents-read = 全文を読む
documents-without_title = 同意されない場合
documents-without_paid = お支払い済みのサイトは、これまでどおりご利用いただけます。自動更新もそのまま続きます。
documents-without_buying = 新しく入会・再入会するときと、ご自身で更新の手続きをするときは、同意が必要です。
documents-without_again = 次回のログインのときに、もう一度ご案内します。
documents-without_my_page = マイページから、いつでも同意できます。
documents-agree = 同意する
documents-later = 今は同意せずに進む

# On My page
documents-consents = 規約などへの同意
documents-given-confirmation = 第{ $version }版に同意：{ $day }（{ $site }のお申し込みのとき）
documents-given-question = 第{ $version }版に同意：{ $day }（同意のお願いの画面）
documents-read_version = 第{ $version }版を読む
documents-not_given = 第{ $version }版にはまだ同意されていません
documents-not_given_what = お支払い済みのサイトはそのままご利用いただけます。新しく入会・再入会するときと、ご自身で更新の手続きをするときは、同意が必要です。
documents-to_question = 読んで同意する
