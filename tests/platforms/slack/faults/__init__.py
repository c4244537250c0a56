"""Each fault of Slack's in which nothing may be lost, doubled or told to the wrong person: the app over the wire."""
