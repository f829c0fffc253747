"""Getting in: log in, log out, reset, "Can't log in?", and the way to a site."""

from django.urls import path

from kaiin.web.login.views import consent, entry, login, reset, trouble

app_name = "entrance"
urlpatterns = [
    path("login", login.log_in, name="login"),
    path("logout", login.log_out, name="logout"),
    path("reset", reset.request_code, name="reset"),
    path("reset/code", reset.change_password, name="reset_code"),
    path("reset/done", reset.done, name="reset_done"),
    path("trouble", trouble.ask, name="trouble"),
    path("trouble/sent", trouble.sent, name="trouble_sent"),
    path("agree", consent.ask, name="agree"),
    path("entry/<slug:site_key>", entry.enter, name="entry"),
    path("entry/<slug:site_key>/check", entry.check, name="check"),
]
