"""What ``tributary explain`` says, worked out from the published file alone."""
