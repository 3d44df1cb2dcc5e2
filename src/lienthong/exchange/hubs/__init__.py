"""Neighbouring axes: which systems are hubs, what may be passed on to whom, and the hops a package made."""
