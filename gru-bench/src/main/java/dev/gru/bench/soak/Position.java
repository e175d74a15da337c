package dev.gru.bench.soak;



/**
 * Where somebody is in the {@link Replay}.
 *
 * @param stream which of its streams
 * @param step which step comes next
 */
record Position(int stream, int step) {
    Position plus(int steps) {
        return new Position(stream, step + steps);
    }

    Position start() {
        return new Position(stream, 0);
    }
}
