"""Where providers send their notices: /webhooks/<provider>."""

from django.urls import path

from kaiin.web.webhooks import views

app_name = "webhooks"
urlpatterns = [path("<slug:provider>", views.notice, name="notice")]
