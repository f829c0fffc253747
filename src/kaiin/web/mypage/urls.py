"""My page, on the identity host."""

from django.urls import path

from kaiin.web.mypage.views import home, leaving, receipts

app_name = "mypage"
urlpatterns = [
    path("", home.root, name="root"),
    path("my", home.home, name="home"),
    path("my/receipts", receipts.charges, name="receipts"),
    path("my/<slug:site_key>/leave", leaving.leave, name="leave"),
    path("my/<slug:site_key>/stay", leaving.stay, name="stay"),
    path("my/receipts/<slug:number>", receipts.receipt, name="receipt"),
    path("my/receipts/<slug:number>.pdf", receipts.pdf, name="receipt_pdf"),
]
