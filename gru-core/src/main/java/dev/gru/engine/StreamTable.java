package dev.gru.engine;

import java.util.Arrays;

/**
 * The streams of a group: their indices, and their states in pages, so that a growing table moves nothing. A stack
 * overflow leaves no stream half-changed: methods make their calls before their first change.
 *
 * <p>{@link #add}, {@link #size} and {@link #contains} are safe for any number of threads at any time; all other
 * methods are used by one thread at a time, while no other thread uses the streams.
 */
final class StreamTable {
    /** Streams of a page: the bits of a long, and the rows of a pipeline. */
    static final int PAGE = Long.SIZE;
    private static final int PAGE_SHIFT = 6;

    /** Consecutive streams. */
    private static final class Page {
        final States states;
        /** A bit for each stream that exists and whose state is valid; written under the lock. */
        volatile long ready;
        /** A bit for each stream that exists but whose state was lost; written under the lock. */
        volatile long lost;
        /** A bit for each stream that is taken. */
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

    /** Returns the states of the page of an existing stream. */
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

    /** Adds a stream at its zero state; returns its index, the lowest free one. */
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

    /** Removes an existing stream. */
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

    /** Marks the state of an existing stream, the only one that may be taken, as valid, and releases it. */
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

    /** Marks a stream as taken; returns false if it is already, or if its state is not valid. */
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

    /**
     * Marks streams of a list as taken, from its {@code from}-th on: those of one page that follow one another, or else
     * one. Returns how many that were; 0 if the first cannot be taken.
     */
    int takeNext(int[] streams, int from, int end) {
        int first = streams[from];
        Page page = page(first);
        int most = Math.min(end - from, PAGE - row(first));
        int count = 1;
        while (count < most && streams[from + count] == first + count) {
            count++;
        }
        long bits = (-1L >>> (PAGE - count)) << row(first);
        if (page == null || (page.ready & ~page.taken & bits) != bits) {
            return take(first) ? 1 : 0;
        }
        someTaken = true;
        page.taken |= bits;
        return count;
    }

    /** Releases the taken streams, the first of a list. */
    void untake(int count, int[] streams) {
        int released = -1;
        for (int i = 0; i < count; i++) {
            int index = streams[i] >>> PAGE_SHIFT;
            if (index != released) {
                page(streams[i]).taken = 0;
                released = index;
            }
        }
        someTaken = false;
    }

    /** Marks the states of all taken streams, if any, as lost, and releases them. */
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
