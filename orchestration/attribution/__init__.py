"""What SQL cannot do well in attribution: absorbing chains, Shapley values, the bootstrap."""
