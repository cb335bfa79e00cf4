"""Which events a rule of EventBridge matches, by moto's matcher: PATTERN EVENTS, both JSON; prints a list of booleans."""

import json
import sys

from moto.events.models import EventPattern

pattern = EventPattern.load(sys.argv[1])
print(json.dumps([pattern.matches_event(event) for event in json.loads(sys.argv[2])]))
