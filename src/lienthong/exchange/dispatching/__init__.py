"""Carries deliveries to systems that do not fetch them: claim a row with a lease, call the connector of the system's
kind outside any transaction, write down how it went.

``claim`` decides with the database what comes next, ``finish`` what follows from an answer; ``worker`` runs both in
threads. Nothing here knows what kinds of systems there are.
"""
