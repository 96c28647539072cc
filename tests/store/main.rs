//! The contract every database must keep. One binary; a file a topic: add `mod topic;` below.
