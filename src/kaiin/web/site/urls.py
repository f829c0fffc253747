"""A site's pages."""

from django.urls import path

from kaiin.web.site import sign_in, views

app_name = "site"
urlpatterns = [
    path("", views.top, name="top"),
    path("members/", views.members, name="members"),
    path("card/", views.card, name="card"),
    path("auth/start", sign_in.start, name="start"),
    path("auth/return", sign_in.come_back, name="return"),
    path("auth/logout", sign_in.log_out, name="log_out"),
]
