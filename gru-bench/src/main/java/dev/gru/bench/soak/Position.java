package dev.gru.bench.soak;

/**
 * A position in the {@link Replay}.
 *
 * @param stream the index of the stream
 * @param step the index of the next step
 */
record Position(int stream, int step) {
    Position plus(int steps) {
        return new Position(stream, step + steps);
    }

    Position start() {
        return new Position(stream, 0);
    }
}
