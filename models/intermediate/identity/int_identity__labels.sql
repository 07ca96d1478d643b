-- Sixteen rounds reach every chain of identifiers up to some 20,000 long; after convergence a round
-- changes nothing. assert_person_labels_converged fails when they were too few.
{{ settled_labels(ref('int_identity_edges__kept'), rounds=16) }}
