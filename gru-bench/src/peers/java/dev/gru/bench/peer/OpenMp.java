package dev.gru.bench.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/** The OpenMP runtime that oneDNN takes its threads from; oneDNN itself has no function to limit them. */
final class OpenMp {
    private static final MethodHandle SET_NUM_THREADS = setNumThreads();

    private OpenMp() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle setNumThreads() {
        // A symbol is looked up in the libraries that the given one was linked with, too.
        Path binding = Path.of(Loader.load(dnnl.class));
        return SymbolLookup.libraryLookup(binding, Arena.global()).find("omp_set_num_threads")
                .map(symbol -> Linker.nativeLinker().downcallHandle(symbol,
                        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)))
                .orElse(null);
    }

    /**
     * Makes what the calling thread runs in parallel from now on run on that thread alone.
     *
     * @throws UnsupportedOperationException if there is no OpenMP runtime beside oneDNN
     */
    static void useCallingThreadOnly() {
        if (SET_NUM_THREADS == null) {
            throw new UnsupportedOperationException("oneDNN cannot be held to one thread here: its library has no "
                    + "omp_set_num_threads");
        }
        try {
            SET_NUM_THREADS.invokeExact(1);
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }
}
