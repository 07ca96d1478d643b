"""Great Expectations suites and the gate that guards publishing."""
