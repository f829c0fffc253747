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
documents-others = ほかの版
documents-version_from = 第{ $version }版（{ $day }から）
