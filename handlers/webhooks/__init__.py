"""What telephone providers post to us."""
