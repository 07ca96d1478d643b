"""What the company configured, typed and checked, and where its folders are."""
