"""How the axis is doing: health, metrics, what needs a look. Reads only."""
