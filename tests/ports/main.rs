//! One contract per port, run against both of its twins. One binary; a file a topic: add `mod topic;` below.
