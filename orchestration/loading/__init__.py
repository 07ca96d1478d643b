"""Loads slices from landing into rows of ``raw``, quarantine and ledger."""
