"""What keeps out what must not be here, and tells the people who must know."""
