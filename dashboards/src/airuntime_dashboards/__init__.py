"""The dashboards of AI Runtime Intelligence, as code.

``config`` holds every knob, ``queries`` the named questions, ``panels`` how an answer is drawn, ``library`` the
panels themselves by subject, ``grid`` where they stand; three ``*.dashboard.py`` definitions beside ``src`` put
them together and ``generate`` writes Grafana's JSON.
"""
