package dev.gru.bench.coldstart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

/** When does a row of speeds come near its end? */
class ColdStartProbeTest {

    private static long[] speeds(long slow, int count, long fast) {
        long[] steps = new long[300];
        Arrays.fill(steps, fast);
        Arrays.fill(steps, 0, count, slow);
        return steps;
    }

    @Test
    void theSteadySpeedIsThatOfTheEnd() {
        assertEquals(100, ColdStartProbe.steady(speeds(1, 200, 100)));
    }

    @Test
    void whatIsFastFromTheBeginningIsNear() {
        assertEquals(0, ColdStartProbe.untilNear(speeds(67, 150, 100), 100));
    }

    @Test
    void slowStepsEndWhereMostOfAWindowIsFast() {
        // Of ten buckets the median is fast as soon as five are.
        assertEquals(145, ColdStartProbe.untilNear(speeds(66, 150, 100), 100));
    }

    @Test
    void aShortPauseDoesNotCount() {
        long[] steps = speeds(100, 0, 100);
        Arrays.fill(steps, 100, 104, 0);
        assertEquals(0, ColdStartProbe.untilNear(steps, 100));
    }
}
