"""`kaiin simulate`: a club's life under every kind of bad luck, the same again from the same seed.

Real operations on a real database, the sandbox provider's own code, a virtual clock; people,
faults, racing workers and killed processes are drawn from the seed. After every day the books,
the windows of access and the provider's own records are compared (`checks`, `expectations`,
`kaiin.verification`).
"""
