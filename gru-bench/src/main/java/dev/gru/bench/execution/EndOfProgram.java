package dev.gru.bench.execution;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * Ends work in an orderly way when the program is terminated, such as by Ctrl-C: the work is told to stop, and the
 * program waits until it has. The exit status is that of the signal.
 */
public final class EndOfProgram {
    private EndOfProgram() {
    }

    /** Work with a result. */
    public interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Runs work.
     *
     * @param work the work
     * @param tell tells the work to stop; called by another thread if the program is terminated meanwhile
     * @return the result of the work
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
            // The program is terminating already, and the hook with it.
        }
    }
}
