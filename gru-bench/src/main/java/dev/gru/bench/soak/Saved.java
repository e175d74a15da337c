package dev.gru.bench.soak;

/** A snapshot and its position. The bytes must not be changed. */
final class Saved {
    private final byte[] bytes;
    private final Position at;

    Saved(byte[] bytes, Position at) {
        this.bytes = bytes;
        this.at = at;
    }

    byte[] bytes() {
        return bytes;
    }

    Position at() {
        return at;
    }
}
