//! The live wire of a sitting, told as stories. One binary; a file a topic: add `mod topic;` below.
