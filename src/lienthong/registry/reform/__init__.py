"""Reforms of the administrative map: a plan in YAML closes, merges, renames, moves and recodes agencies on a day.

A plan is read (``reading``), tried on a copy in memory (``effects``), written through the services in one transaction
(``writing``) and recorded; its record makes the plan that takes it back (``undo``). The format: docs/how-to/reform.md.
"""

from lienthong.registry.reform.applying import Reform, apply_plan, rehearse
from lienthong.registry.reform.faults import Fault, PlanRefused
from lienthong.registry.reform.undo import counter_plan

__all__ = ["Fault", "PlanRefused", "Reform", "apply_plan", "counter_plan", "rehearse"]
