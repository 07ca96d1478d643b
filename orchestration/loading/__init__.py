"""From slices in landing to rows of ``raw``, quarantine and ledger."""
