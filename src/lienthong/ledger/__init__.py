"""Evidence: every act an event, all events one Merkle log, every receipt signed (design section 6).

Stands below ``registry`` and ``exchange`` and knows neither: events carry plain values. ``verifier`` and what it
imports run without Django, on the machine of whoever doubts us.
"""
