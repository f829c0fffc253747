"""Joining a site, and coming back from the provider's page."""

from django.urls import path

from kaiin.web.join.views import again, choosing, confirming, details, other_way, paying

app_name = "join"
urlpatterns = [
    path("join/<slug:site_key>/", choosing.choose_course, name="start"),
    path("join/<slug:site_key>/again", again.pay_again, name="again"),
    path("join/<slug:site_key>/way", choosing.choose_way, name="way"),
    path("join/<slug:site_key>/details", details.fill_in, name="details"),
    path("join/<slug:site_key>/code", details.enter_code, name="code"),
    path("join/<slug:site_key>/code/again", details.send_again, name="code_again"),
    path("join/<slug:site_key>/confirm", confirming.confirm, name="confirm"),
    path("pay/<uuid:payment_id>", paying.go, name="pay"),
    path("pay/<uuid:payment_id>/other", other_way.ask, name="other_way"),
    path("pay/return/<uuid:payment_id>", paying.come_back, name="pay_return"),
]
