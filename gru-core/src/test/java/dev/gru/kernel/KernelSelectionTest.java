package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.training.TrainingKernel;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** Which kernel is chosen, and in which words. */
class KernelSelectionTest {

    private record FakeKernel(String name) implements GruKernel {
        @Override
        public PackedGru pack(GruWeights weights, Precision precision, Arena arena) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PackedDense pack(DenseWeights weights, Precision precision, Arena arena) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ActivationRunner newActivationRunner(int size, Arena arena) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TrainingKernel training() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tiling tiling() {
            throw new UnsupportedOperationException();
        }
    }

    /** Keeps the promise of the interface: who has an obstacle is not asked for more. */
    private record FakeProvider(String name, Optional<String> obstacle, GruKernel made) implements GruKernelProvider {
        static FakeProvider able(String name) {
            return new FakeProvider(name, Optional.empty(), new FakeKernel(name));
        }

        static FakeProvider unable(String name, String obstacle) {
            return new FakeProvider(name, Optional.of(obstacle), null);
        }

        @Override
        public String description() {
            if (obstacle.isPresent()) {
                throw new AssertionError("asked for its description in spite of its obstacle");
            }
            return "with lanes of " + name;
        }

        @Override
        public GruKernel kernel() {
            if (obstacle.isPresent()) {
                throw new AssertionError("asked for its kernel in spite of its obstacle");
            }
            return made;
        }
    }

    private final FakeProvider fast = FakeProvider.able("fast");
    private final FakeProvider faster = FakeProvider.able("faster");
    private final FakeProvider broken = FakeProvider.unable("broken", "no FMA; buy a CPU");

    @Test
    void theFirstProviderWithoutAnObstacleWins() {
        KernelSelection.Choice choice = KernelSelection.choose(null, List.of(broken, fast, faster), Optional.empty());
        assertSame(fast.made(), choice.kernel());
        assertEquals("GRU kernel: fast, with lanes of fast (-Ddev.gru.kernel=portable would change it)",
                choice.reason());
        assertEquals(System.Logger.Level.INFO, choice.level());
    }

    @Test
    void withoutAnyProviderThePortableKernelWarnsWhatToAdd() {
        KernelSelection.Choice choice = KernelSelection.choose(null, List.of(), Optional.empty());
        assertInstanceOf(PortableGruKernel.class, choice.kernel());
        assertEquals("GRU kernel: portable, because no other kernel was found; put dev.gru:gru-simd beside gru-core and"
                + " start java with --add-modules jdk.incubator.vector", choice.reason());
        assertEquals(System.Logger.Level.WARNING, choice.level());
    }

    @Test
    void withObstaclesOnlyThePortableKernelWarnsOfAllOfThem() {
        KernelSelection.Choice choice = KernelSelection.choose(null,
                List.of(broken, FakeProvider.unable("absent", "start java with --add-modules x")), Optional.empty());
        assertInstanceOf(PortableGruKernel.class, choice.kernel());
        assertEquals("GRU kernel: portable, because broken cannot run: no FMA; buy a CPU;"
                + " absent cannot run: start java with --add-modules x", choice.reason());
        assertEquals(System.Logger.Level.WARNING, choice.level());
    }

    @Test
    void wherePortableWouldBeSlowerTheScalarKernelWarnsOfThatToo() {
        KernelSelection.Choice choice = KernelSelection.choose(null, List.of(broken),
                Optional.of("no FMA here either"));
        assertInstanceOf(ScalarGruKernel.class, choice.kernel());
        assertEquals("GRU kernel: scalar, the slow reference, because broken cannot run: no FMA; buy a CPU;"
                + " portable would be slower still: no FMA here either", choice.reason());
        assertEquals(System.Logger.Level.WARNING, choice.level());
        assertSame(fast.made(), KernelSelection.choose(null, List.of(fast), Optional.of("no FMA")).kernel());
        assertInstanceOf(PortableGruKernel.class,
                KernelSelection.choose("portable", List.of(), Optional.of("no FMA")).kernel());
    }

    @Test
    void aForcedKernelIsChosenThoughAnotherWouldWin() {
        KernelSelection.Choice choice = KernelSelection.choose("faster", List.of(fast, faster), Optional.empty());
        assertSame(faster.made(), choice.kernel());
        assertEquals("GRU kernel: faster, as the system property dev.gru.kernel asks", choice.reason());
        assertEquals(System.Logger.Level.INFO, choice.level());
    }

    @Test
    void ownKernelsCanBeForcedAndAreNoCauseForWarning() {
        for (String name : List.of("portable", "scalar")) {
            KernelSelection.Choice choice = KernelSelection.choose(name, List.of(fast), Optional.empty());
            assertEquals(name, choice.kernel().name());
            assertEquals(System.Logger.Level.INFO, choice.level());
        }
    }

    @Test
    void aForcedKernelThatCannotRunFailsWithItsReason() {
        var e = assertThrows(IllegalStateException.class,
                () -> KernelSelection.choose("broken", List.of(fast, broken), Optional.empty()));
        assertEquals("the GRU kernel \"broken\" cannot run: no FMA; buy a CPU", e.getMessage());
    }

    @Test
    void anUnknownNameFailsAndListsWhatThereIs() {
        var e = assertThrows(IllegalStateException.class,
                () -> KernelSelection.choose("Fast", List.of(broken, fast), Optional.empty()));
        assertEquals("there is no GRU kernel \"Fast\"; there are portable, scalar, broken, fast", e.getMessage());
        var none = assertThrows(IllegalStateException.class, () -> KernelSelection.named("simd", List.of()));
        assertEquals("there is no GRU kernel \"simd\"; there are portable, scalar", none.getMessage());
    }

    @Test
    void aNameGivesThatKernel() {
        assertSame(faster.made(), KernelSelection.named("faster", List.of(fast, broken, faster)));
        assertInstanceOf(ScalarGruKernel.class, KernelSelection.named("scalar"));
        assertInstanceOf(PortableGruKernel.class, KernelSelection.named("portable"));
    }
}
