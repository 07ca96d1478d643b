"""Code that several tests share: companies, vendors, oracles, processes, places.

Belongs here: whatever more than one test module uses, and what a test's subprocess imports. Does
not belong here: tests and pytest's fixtures; those are in the nearest ``conftest``. Test modules
import from here and never from each other.
"""
