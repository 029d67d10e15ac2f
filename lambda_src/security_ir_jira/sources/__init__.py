"""What notices: that something about a case or an issue changed, and nothing more."""
