"""How the axis is doing: health, metrics, samples over time, conditions that need a look, the trace of a package."""
