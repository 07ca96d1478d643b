"""Commands for those who maintain Tributary; nothing here runs at a company."""
