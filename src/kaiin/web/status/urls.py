"""What machines ask of a node, at any name that they know it by."""

from django.urls import path

from kaiin.web.status import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
