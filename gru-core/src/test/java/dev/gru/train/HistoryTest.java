package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

/** What follows from a history: the best epoch, when a training ends, when its rate is lowered. */
class HistoryTest {
    private static History ofLosses(double... losses) {
        History history = History.EMPTY;
        for (double loss : losses) {
            int epoch = history.epochs().size() + 1;
            history = history.plus(
                    new History.Epoch(epoch, epoch, 1, new BatchResult(loss * 4, 4, loss, 8, loss), Optional.empty()));
        }
        return history;
    }

    @Test
    void valuesAreThoseOfTheMetric() {
        History.Epoch result = new History.Epoch(1, 2, 0.1, new BatchResult(6, 4, 2, 8, 6),
                Optional.of(new BatchResult(1, 2, 0.5, 4, 3)));
        assertEquals(List.of(1.5, 0.75, 0.5, 0.5, 0.75, 0.25),
                List.of(Metric.values()).stream().map(result::value).toList());
        assertEquals(List.of("loss", "accuracy", "masked_accuracy", "val_loss", "val_accuracy", "val_masked_accuracy"),
                List.of(Metric.values()).stream().map(Metric::key).toList());
        assertArrayEquals(new double[]{3, 1}, ofLosses(3, 1).values(Metric.LOSS));
        assertThrows(IllegalArgumentException.class, () -> ofLosses(1).values(Metric.VAL_LOSS));
    }

    @Test
    void theBestEpochIsTheFirstOfTheBestOnes() {
        assertEquals(Optional.empty(), History.EMPTY.best(Metric.LOSS));
        assertEquals(2, ofLosses(3, 1, 2, 1).best(Metric.LOSS).orElseThrow().epoch());
        assertEquals(1, ofLosses(3, 1, 3, 2).best(Metric.ACCURACY).orElseThrow().epoch());
        assertEquals(2, ofLosses(Double.NaN, 5, Double.NaN).best(Metric.LOSS).orElseThrow().epoch());
    }

    @Test
    void patienceCountsEpochsSinceTheLastImprovement() {
        EarlyStopping two = new EarlyStopping(Metric.LOSS, 2, 0, false);
        assertFalse(two.stops(History.EMPTY));
        assertFalse(two.stops(ofLosses(3)));
        assertFalse(two.stops(ofLosses(3, 4, 2, 2)));
        assertTrue(two.stops(ofLosses(3, 4, 2, 2, 2)));
        assertTrue(two.isBest(ofLosses(3, 4, 2)));
        assertFalse(two.isBest(ofLosses(3, 4, 2, 2)));
        EarlyStopping accuracy = new EarlyStopping(Metric.MASKED_ACCURACY, 1, 0, false);
        assertFalse(accuracy.stops(ofLosses(1, 2)));
        assertTrue(accuracy.stops(ofLosses(2, 1)));
        // Improvements are measured from the last one that was large enough.
        EarlyStopping coarse = new EarlyStopping(Metric.LOSS, 2, 0.5, false);
        assertFalse(coarse.stops(ofLosses(3, 2.75, 2.25)));
        assertTrue(coarse.stops(ofLosses(3, 2.75, 2.5)));
    }

    @Test
    void aPlateauLowersTheRateAgainAndAgain() {
        LearningRateSchedule plateau = new LearningRateSchedule.Plateau(Metric.LOSS, 2, 0.5, 0.2);
        assertEquals(1, plateau.factor(0, History.EMPTY));
        assertEquals(1, plateau.factor(9, ofLosses(1, 1)));
        assertEquals(0.5, plateau.factor(9, ofLosses(1, 1, 1)));
        assertEquals(0.5, plateau.factor(9, ofLosses(1, 1, 1, 1)));
        assertEquals(0.5, plateau.factor(9, ofLosses(1, 1, 1, 1, 0.5, 1)));
        assertEquals(0.25, plateau.factor(9, ofLosses(1, 1, 1, 1, 1)));
        assertEquals(0.2, plateau.factor(9, ofLosses(1, 1, 1, 1, 1, 1, 1)));
    }

    @Test
    void aCosineFallsFromOneToTheLowest() {
        LearningRateSchedule cosine = new LearningRateSchedule.Cosine(4, 0.2);
        assertEquals(1, cosine.factor(0, History.EMPTY));
        assertEquals(0.2 + 0.8 * (1 + Math.sqrt(0.5)) / 2, cosine.factor(1, History.EMPTY), 1e-15);
        assertEquals(0.6, cosine.factor(2, History.EMPTY), 1e-15);
        assertEquals(0.2, cosine.factor(4, History.EMPTY), 1e-15);
        assertEquals(0.2, cosine.factor(1000, History.EMPTY), 1e-15);
        assertEquals(1, new LearningRateSchedule.Constant().factor(1000, ofLosses(1, 1, 1)));
    }
}
