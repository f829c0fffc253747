"""A payment provider to try Kaiin with: its own service, store, pages and notices. No real money.

It knows nothing of Kaiin but the numbers' grammar (`domain.references`) and the shared clock.
"""
