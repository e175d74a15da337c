package dev.gru.train;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work on files that is done even if the thread is interrupted, which would close them: it is done again then. The
 * thread is still interrupted afterwards.
 */
final class Uninterrupted {
    private Uninterrupted() {
    }

    /** What is to be done; it can be begun again. */
    interface Work {
        void run() throws IOException;
    }

    static void run(Work work) throws IOException {
        boolean interrupted = false;
        try {
            for (;;) {
                interrupted |= Thread.interrupted();
                try {
                    work.run();
                    return;
                } catch (ClosedByInterruptException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
