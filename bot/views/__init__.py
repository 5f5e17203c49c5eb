"""The views: operations, events and answers in words, and words in Block Kit. No I/O, no clock."""
