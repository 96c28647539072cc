//! The SFU: peers, forwarding table, keyframes, audio levels, on threads of its own.
