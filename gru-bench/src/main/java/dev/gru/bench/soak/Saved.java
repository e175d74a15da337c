package dev.gru.bench.soak;

/** A snapshot and where it was taken. Nobody changes the bytes. */
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
