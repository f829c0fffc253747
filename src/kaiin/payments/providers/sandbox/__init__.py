"""The sandbox provider as Kaiin sees it: HTTP only. The service itself is `kaiin.lab.sandbox`."""

from kaiin.payments.providers.sandbox.provider import SandboxProvider

__all__ = ["SandboxProvider"]
