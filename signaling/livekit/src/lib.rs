//! The LiveKit v1 wire over the SFU.
