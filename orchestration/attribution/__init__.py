"""Attribution that SQL handles badly: absorbing chains, Shapley values, the bootstrap."""
