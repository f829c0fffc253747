# Memberships and money: what a charge consists of, and what went wrong.

billing-line-membership_fee = 会費
billing-line-handling_fee = お支払い手数料
billing-line-credit = 未使用分のお返し

## Errors
billing-error = 手続きの途中で問題が起きました。
billing-course_not_offered = このコースは、現在お申し込みいただけません。
billing-way_not_offered = このコースでは、選ばれたお支払い方法をご利用いただけません。
billing-already_member = すでに会費をお支払いいただいています。新しいお支払いは必要ありません。
billing-other_course_running = このサイトでは、別のコースをご利用中です。そのコースのご利用期間が終わってからお申し込みください。
billing-payment_under_way = 先に始めたお支払いの結果を確認しています。二重のお支払いにならないよう、新しいお支払いは始めていません。少し時間をおいて、もう一度お試しください。
billing-no_membership = この手続きができる会員資格が見つかりません。
billing-unknown_transition = 会員資格の状態が、この操作に合っていません。
money-currency_mismatch = 通貨が混ざっているため、計算できません。
ledger-unbalanced = 仕訳の貸借が一致していません。
