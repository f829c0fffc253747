"""What machines ask of a node, at whatever name they know it by."""

from django.urls import path

from kaiin.web.status import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
