# テナントファイルと、その内容について。運用する人に向けた文です。
sites-no_tenant = まだテナントが設定されていません。テナントファイルを書いて kaiin apply FILE を実行してください。
sites-unknown_site = 「{ $site }」というサイトはありません。
sites-bad_tenant_file = { $file } に{ $count }件の誤りがあります。何も変更していません。
billing-tenant_refused = 会員に不利益となる変更が{ $count }件あるため、お受けできません。何も変更していません。
