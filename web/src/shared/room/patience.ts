//! How often livekit-client tries to come back, and for how long. Its own policy waits ever longer, up to seven seconds: who
//! steps out of a lift in the wrong moment would wait as long for the voice. A try costs little, so they come every second;
//! chance keeps a whole house from asking at once. After two minutes `MediaRoom` joins anew.

export const patience = {
  nextRetryDelayInMs: (tries: { retryCount: number; elapsedMs: number }): number | null =>
    tries.elapsedMs > 120_000 ? null : Math.min(tries.retryCount, 4) * (200 + Math.random() * 100),
};
