"""A site's pages."""

from django.urls import path

from kaiin.web.site import sign_in

app_name = "site"
urlpatterns = [
    path("auth/start", sign_in.start, name="start"),
    path("auth/return", sign_in.come_back, name="return"),
    path("auth/logout", sign_in.log_out, name="log_out"),
]
