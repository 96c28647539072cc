//! The LiveKit wire against a real SFU in process. One binary; a file a topic: add `mod topic;` below.
