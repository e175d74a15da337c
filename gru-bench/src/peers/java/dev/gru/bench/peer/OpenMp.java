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

/** The OpenMP runtime of oneDNN, which has no function of its own to limit its threads. */
final class OpenMp {
    private static final MethodHandle SET_NUM_THREADS = setNumThreads();

    private OpenMp() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle setNumThreads() {
        // The lookup includes the libraries that the given one is linked with.
        Path binding = Path.of(Loader.load(dnnl.class));
        return SymbolLookup.libraryLookup(binding, Arena.global()).find("omp_set_num_threads")
                .map(symbol -> Linker.nativeLinker().downcallHandle(symbol,
                        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)))
                .orElse(null);
    }

    /**
     * Limits parallel regions of the calling thread to that thread, from now on.
     *
     * @throws UnsupportedOperationException if oneDNN is not linked with an OpenMP runtime
     */
    static void useCallingThreadOnly() {
        if (SET_NUM_THREADS == null) {
            throw new UnsupportedOperationException("oneDNN cannot be limited to one thread here: its library has no "
                    + "omp_set_num_threads");
        }
        try {
            SET_NUM_THREADS.invokeExact(1);
        } catch (Throwable e) {
            throw new AssertionError("a native function does not throw", e);
        }
    }
}
