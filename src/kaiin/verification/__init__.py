"""A second opinion on the whole database: is everyone who paid in, and was every charge right?

Read-only and in constant memory, by code that shares nothing with the engine but the tables. It
imports nothing else of Kaiin, on purpose: a rule that is wrong there is not wrong here too.
"""
