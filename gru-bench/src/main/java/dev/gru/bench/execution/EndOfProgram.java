package dev.gru.bench.execution;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * Lets work end in good order when the program is told to end, as by Ctrl-C: the work is told, and the program waits until
 * it has ended. Its exit status is that of the signal.
 */
public final class EndOfProgram {
    private EndOfProgram() {
    }

    /** Work that returns something. */
    public interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does work.
     *
     * @param work what to do
     * @param tell called by another thread if the program is told to end meanwhile: the work is to end soon then
     * @return what the work returns
     */
    public static <T> T waitsFor(Work<T> work, Runnable tell) throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            tell.run();
            await(ended);
        }, "gru-end-of-program");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.run();
        } finally {
            ended.countDown();
            remove(hook);
        }
    }

    private static void await(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The program is ending already, and the hook with it.
        }
    }
}
