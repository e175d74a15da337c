package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.KernelSelection;
import dev.gru.simd.loops.Lanes;

/** Where the Vector API is there, the choice falls on this kernel, and on the others only by name. */
class SimdSelectionTest {

    @Test
    void theBestKernelIsThisOne() {
        assertInstanceOf(SimdGruKernel.class, KernelSelection.best());
    }

    @Test
    void allKernelsAreFoundByName() {
        assertEquals("simd", KernelSelection.named("simd").name());
        assertEquals("portable", KernelSelection.named("portable").name());
        assertEquals("scalar", KernelSelection.named("scalar").name());
    }

    @Test
    void theProviderSaysHowWideItsVectorsAre() {
        SimdGruKernelProvider provider = new SimdGruKernelProvider();
        assertTrue(provider.obstacle().isEmpty());
        assertEquals(Lanes.COUNT * Float.SIZE + "-bit vectors", provider.description());
    }
}
