//! The HTTP API, told as stories. One binary; a file a topic: add `mod topic;` below.
