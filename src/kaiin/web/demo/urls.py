from django.urls import path

from kaiin.web.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("mailbox/", views.mails, name="mailbox"),
    path("mailbox/<str:name>", views.mail, name="mail"),
    path("clock/", views.turn_clock, name="clock"),
]
