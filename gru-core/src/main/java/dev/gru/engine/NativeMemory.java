package dev.gru.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The native memory of a model, in arenas that count what is allocated from them.
 *
 * <p>Safe for use by any number of threads. An arena must not be closed while a thread accesses its memory: the JDK
 * would make that access throw.
 */
final class NativeMemory {
    private final AtomicLong bytes = new AtomicLong();
    /** The arenas that {@link #close} closes. */
    private final Set<CountingArena> kept = ConcurrentHashMap.newKeySet();

    /** An arena that counts its bytes. Closing it again has no effect. */
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
            // First: if a stack overflow interrupts the close below, the JDK would wait forever in a second one.
            open = false;
            arena.close();
            bytes.addAndGet(-held);
            kept.remove(this);
            return true;
        }
    }

    /** An arena in a wrapper of its own, which becomes unreachable when its user does. */
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
     * Returns a new shared arena, open until it is closed or unreachable, or this is closed. Its memory must not be
     * used after the arena itself has become unreachable.
     *
     * @param whenClosed runs once, after the memory has been released
     */
    Arena newForgettableArena(Runnable whenClosed) {
        Arena arena = newArena(whenClosed);
        ForgettableArena forgettable = new ForgettableArena(arena);
        Collected.when(forgettable, arena::close);
        return forgettable;
    }

    /** Returns a new shared arena, open until it is closed or this is closed. */
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
     * Returns a new arena for one call, closed by its thread at the end of the call.
     *
     * @param shared whether other threads access it; otherwise it is confined to the calling thread, which makes
     *     closing cheaper
     */
    Arena newArenaOfCall(boolean shared) {
        return new CountingArena(shared ? Arena.ofShared() : Arena.ofConfined(), () -> {
        });
    }

    /** Returns the number of allocated bytes. */
    long bytes() {
        return bytes.get();
    }

    /** Closes all arenas but those of calls. Nothing may be allocated afterwards. */
    void close() {
        kept.forEach(CountingArena::close);
    }
}
