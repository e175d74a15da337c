package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that a model takes outside the heap, in arenas that count what is allocated from them.
 *
 * <p>Safe for use by any number of threads. No arena may be closed while somebody uses it: the JDK would end the access with
 * an exception, and besides interrupt the thread.
 */
final class NativeMemory {
    private final AtomicLong bytes = new AtomicLong();
    /** What {@link #close} closes. */
    private final Set<CountingArena> kept = ConcurrentHashMap.newKeySet();

    /** An arena that tells how much it holds. Closing it again does nothing. */
    private final class CountingArena implements Arena {
        private final Arena arena;
        private final Runnable whenClosed;
        private long held;
        private boolean open = true;

        CountingArena(Arena arena, Runnable whenClosed) {
            this.arena = arena;
            this.whenClosed = whenClosed;
        }

        @Override
        public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
            MemorySegment segment = arena.allocate(byteSize, byteAlignment);
            held += byteSize;
            bytes.addAndGet(byteSize);
            return segment;
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            if (giveBack()) {
                whenClosed.run();
            }
        }

        private synchronized boolean giveBack() {
            if (!open) {
                return false;
            }
            // First of all: the JDK waits for ever where a close is tried again that the end of the stack has cut off.
            open = false;
            arena.close();
            bytes.addAndGet(-held);
            kept.remove(this);
            return true;
        }
    }

    /** An arena by another name, which nobody else has, so that it is known when it is forgotten. */
    private record ForgettableArena(Arena arena) implements Arena {
        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            return arena.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /**
     * Returns a new arena for any number of threads, which is open until it is closed or collected, or this is closed. What
     * is allocated from it may not be used any more once the arena itself cannot be reached.
     *
     * @param whenClosed is run once, after the memory has been given back
     */
    Arena newForgettableArena(Runnable whenClosed) {
        Arena arena = newArena(whenClosed);
        ForgettableArena forgettable = new ForgettableArena(arena);
        Collected.when(forgettable, arena::close);
        return forgettable;
    }

    /** Returns a new arena for any number of threads, which is open until it is closed or this is. */
    Arena newArena() {
        return newArena(() -> {
        });
    }

    private Arena newArena(Runnable whenClosed) {
        CountingArena arena = new CountingArena(Arena.ofShared(), whenClosed);
        kept.add(arena);
        return arena;
    }

    /**
     * Returns a new arena for one call, whose thread closes it at the call's end.
     *
     * @param shared whether other threads help; otherwise it is the calling thread's alone, which is closed sooner
     */
    Arena newArenaOfCall(boolean shared) {
        return new CountingArena(shared ? Arena.ofShared() : Arena.ofConfined(), () -> {
        });
    }

    /** Returns how many bytes are allocated. */
    long bytes() {
        return bytes.get();
    }

    /** Gives everything back, but for what belongs to calls; nobody takes more afterwards. */
    void close() {
        kept.forEach(CountingArena::close);
    }
}
