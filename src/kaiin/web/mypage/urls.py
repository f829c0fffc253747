"""My page, on the identity host."""

from django.urls import path

from kaiin.web.mypage.views import changing, home, leaving, password, pausing, receipts

app_name = "mypage"
urlpatterns = [
    path("", home.root, name="root"),
    path("my", home.home, name="home"),
    path("my/password", password.change, name="password"),
    path("my/receipts", receipts.charges, name="receipts"),
    path("my/<slug:site_key>/change", changing.choose, name="change"),
    path(
        "my/<slug:site_key>/change/<slug:course_key>/<slug:way>",
        changing.confirm,
        name="change_confirm",
    ),
    path("my/<slug:site_key>/pause", pausing.pause, name="pause"),
    path("my/<slug:site_key>/resume", pausing.resume, name="resume"),
    path("my/<slug:site_key>/leave", leaving.leave, name="leave"),
    path("my/<slug:site_key>/stay", leaving.stay, name="stay"),
    path("my/receipts/<slug:number>", receipts.receipt, name="receipt"),
    path("my/receipts/<slug:number>.pdf", receipts.pdf, name="receipt_pdf"),
]
