"""What monitoring systems ask: is the process alive, may it be given requests, how is the axis doing."""
