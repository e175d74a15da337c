package dev.gru.engine;

import java.util.Arrays;

/**
 * The streams of a group: which indices are theirs, and their states, in pages, so that a table that grows moves nothing.
 * No stream is half-changed, wherever a stack overflows: what is called comes before the first change to it.
 *
 * <p>Adding and asking are for any number of threads at any time; all else is for one thread at a time, which is to see to
 * it that nobody uses the streams.
 */
final class StreamTable {
    /** Streams of a page, which are bits of a long; one pipeline steps them at once. */
    static final int PAGE = Batching.ROWS;
    private static final int PAGE_SHIFT = 6;

    /** Streams next to each other. */
    private static final class Page {
        final States states;
        /** A bit for each stream: whether it is there and its state is good; written under the lock. */
        volatile long ready;
        /** Whether it is there, but its state was lost; written under the lock. */
        volatile long lost;
        /** Whether it is taken. */
        long taken;

        Page(States states) {
            this.states = states;
        }

        long present() {
            return ready | lost;
        }
    }

    private final States layout;
    private final Object lock = new Object();
    private volatile Page[] pages = {};
    private volatile int size;
    /** All pages before this one are full; read and written under the lock. */
    private int firstOpen;
    /** Whether any stream may be taken. */
    private boolean someTaken;

    /** Makes an empty table of states like {@code layout}. */
    StreamTable(States layout) {
        this.layout = layout;
    }

    private Page page(int stream) {
        Page[] all = pages;
        int index = stream >>> PAGE_SHIFT;
        return index < all.length ? all[index] : null;
    }

    /** Returns the row of a stream in its page. */
    static int row(int stream) {
        return stream & (PAGE - 1);
    }

    private static long bit(int stream) {
        return 1L << row(stream);
    }

    /** Returns the states of the page of a stream that is there. */
    States states(int stream) {
        return page(stream).states;
    }

    int size() {
        return size;
    }

    boolean contains(int stream) {
        Page page = page(stream);
        return page != null && (page.present() & bit(stream)) != 0;
    }

    boolean isReady(int stream) {
        Page page = page(stream);
        return page != null && (page.ready & bit(stream)) != 0;
    }

    /** Adds a stream at its zero state; returns its index, the lowest that is free. */
    int add() {
        synchronized (lock) {
            int index = firstOpen;
            while (index < pages.length && pages[index].present() == -1) {
                index++;
            }
            firstOpen = index;
            if (index == pages.length) {
                Page[] more = Arrays.copyOf(pages, index + 1);
                more[index] = new Page(layout.sameFor(PAGE));
                pages = more;
            }
            Page page = pages[index];
            int row = Long.numberOfTrailingZeros(~page.present());
            page.states.reset(row);
            page.ready |= 1L << row;
            size++;
            return (index << PAGE_SHIFT) + row;
        }
    }

    /** Removes a stream that is there. */
    void remove(int stream) {
        synchronized (lock) {
            Page page = page(stream);
            long others = ~bit(stream);
            page.ready &= others;
            page.lost &= others;
            size--;
            int index = stream >>> PAGE_SHIFT;
            if (index < firstOpen) {
                firstOpen = index;
            }
        }
    }

    /** Takes note that the state of a stream that is there, the only one that may be taken, is good, and lets go of it. */
    void recover(int stream) {
        synchronized (lock) {
            Page page = page(stream);
            long bit = bit(stream);
            page.ready |= bit;
            page.lost &= ~bit;
            page.taken = 0;
        }
        someTaken = false;
    }

    /** Marks a stream as taken; returns false if it is taken already, or not ready. */
    boolean take(int stream) {
        Page page = page(stream);
        long bit = bit(stream);
        if (page == null || (page.ready & ~page.taken & bit) == 0) {
            return false;
        }
        someTaken = true;
        page.taken |= bit;
        return true;
    }

    /** Lets go of the streams that are taken, the first of a list. */
    void untake(int count, int[] streams) {
        for (int i = 0; i < count; i++) {
            page(streams[i]).taken = 0;
        }
        someTaken = false;
    }

    /** Takes note that the states of the streams that are taken, if there are any, are lost, and lets go of them. */
    void loseTaken() {
        if (someTaken) {
            synchronized (lock) {
                for (Page page : pages) {
                    page.ready &= ~page.taken;
                    page.lost |= page.taken;
                    page.taken = 0;
                }
            }
            someTaken = false;
        }
    }
}
