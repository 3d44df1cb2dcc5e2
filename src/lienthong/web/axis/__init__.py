"""*Vận hành trục*: how the axis is doing, what is stuck, systems, alerts, the trace of a package."""
