"""A soak of the channels: thousands of updates, three replicas of intake, and somebody who kills them."""
