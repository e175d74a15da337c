package dev.gru.engine.stage;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;

/**
 * What the stages of one pipeline have in common: how many rows they have room for, who helps them and where their
 * memory comes from. Activations, which have no weights and of which there may be any number, share runners by size.
 */
public final class Room {
    private final int rows;
    private final GruKernel kernel;
    private final ThreadTeam team;
    private final Arena arena;
    private final Map<Integer, ActivationRunner> activations;

    /**
     * Describes a pipeline.
     *
     * @param rows the largest number of streams
     * @param kernel the kernel that runs the layers
     * @param team threads that may help, or null
     * @param arena owns the native memory
     */
    public Room(int rows, GruKernel kernel, ThreadTeam team, Arena arena) {
        this(rows, kernel, team, arena, new HashMap<>());
    }

    private Room(int rows, GruKernel kernel, ThreadTeam team, Arena arena,
            Map<Integer, ActivationRunner> activations) {
        this.rows = rows;
        this.kernel = kernel;
        this.team = team;
        this.arena = arena;
        this.activations = activations;
    }

    Room withoutTeam() {
        return new Room(rows, kernel, null, arena, activations);
    }

    int rows() {
        return rows;
    }

    ThreadTeam team() {
        return team;
    }

    Arena arena() {
        return arena;
    }

    /** Returns from how many rows on a kernel multiplies as fast as it can. */
    int rowsToFill() {
        return 2 * kernel.tiling().tileRows();
    }

    /** Returns the number of floats with {@code size} for each of so many steps of each row, which fit an array. */
    public int features(int steps, int size) {
        return Shapes.requireArray("features", rows, steps, size);
    }

    float[] newFeatures(int steps, int size) {
        return new float[features(steps, size)];
    }

    int[] newTokens(int steps) {
        return new int[Shapes.requireArray("steps", rows, steps)];
    }

    boolean[] newMask(int steps) {
        return new boolean[Shapes.requireArray("steps", rows, steps)];
    }

    ActivationRunner activations(int size) {
        return activations.computeIfAbsent(size, features -> kernel.newActivationRunner(features, arena));
    }
}
