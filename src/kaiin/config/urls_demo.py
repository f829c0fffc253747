"""The demo's own host: ready logins, mailbox, clock."""

urlpatterns: list[object] = []
