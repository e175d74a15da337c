package dev.gru.format.hdf5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;

/**
 * What other software switches on in HDF5 files is read, or refused by name: many links in a group of a newer version,
 * chunks, gzip and shuffle. The files are those of make_hdf5_fixtures.py.
 */
class StoredArraysTest {

    private static WeightStore open(String name) throws ModelFormatException {
        return new JhdfWeights(name, Fixtures.bytes("hdf5/" + name));
    }

    private static float[] expected(int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = i / 8f - 3;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"groups_20_latest.h5, 20", "groups_20_v110.h5, 20", "groups_300_latest.h5, 300"})
    void groupsOfManyLinksAreRead(String name, int groups) throws ModelFormatException {
        WeightStore store = open(name);
        assertEquals(groups, store.children("layers").size());
        for (int i = 0; i < groups; i++) {
            assertArrayEquals(expected(6), store.read("layers/g" + i + "/0", 2, 3));
        }
    }

    @Test
    void manyAttributesAreRead() throws ModelFormatException {
        WeightStore store = open("attributes_latest.h5");
        assertEquals("text 11", new String(store.text("", "a11"), java.nio.charset.StandardCharsets.UTF_8));
        assertArrayEquals(expected(6), store.read("layers/0", 2, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked_earliest.h5", "chunked_latest.h5"})
    void chunksArePutTogether(String name) throws ModelFormatException {
        WeightStore store = open(name);
        for (String array : new String[]{"plain", "gzip", "shuffle"}) {
            assertArrayEquals(expected(70), store.read("layers/" + array, 7, 10), array);
        }
        assertArrayEquals(expected(1200), store.read("layers/both", 40, 30));
        assertArrayEquals(expected(3), store.read("layers/small", 3));
        assertArrayEquals(expected(30), store.read("layers/one", 6, 5));
        assertArrayEquals(expected(60), store.read("layers/deep", 3, 4, 5));
        assertArrayEquals(expected(4000), store.read("layers/many", 200, 20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            chunked_earliest.h5 | lzf       | layers/lzf: is stored with the filter lzf, which is not supported, only gzip and shuffle are
            chunked_latest.h5   | fletcher  | layers/fletcher: is stored with the filter fletcher32
            chunked_latest.h5   | growing   | the index of a data set that can grow, which is not supported
            chunked_earliest.h5 | unwritten | layers/unwritten: was never written
            chunked_latest.h5   | unwritten | layers/unwritten: was never written
            chunked_earliest.h5 | partly    | layers/partly: was never written
            chunked_latest.h5   | partly    | layers/partly: was never written
            """)
    void whatCannotBeReadIsNamed(String name, String array, String part) throws ModelFormatException {
        WeightStore store = open(name);
        String message = assertThrows(ModelFormatException.class, () -> store.read("layers/" + array, 7, 10))
                .getMessage();
        assertTrue(message.startsWith(name + ": ") && message.contains(part), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked_earliest.h5", "chunked_latest.h5"})
    void whatInflatesToMoreThanTheFileJustifiesIsRefused(String name) throws ModelFormatException {
        WeightStore store = open(name);
        String message = assertThrows(ModelFormatException.class, () -> store.read("layers/bomb", 2000, 1000))
                .getMessage();
        assertTrue(message.contains("larger than the file") || message.contains("inflates to more"), message);
    }

    @Test
    void anArrayIsReadOnce() throws ModelFormatException {
        WeightStore store = open("chunked_earliest.h5");
        store.read("layers/gzip", 7, 10);
        String message = assertThrows(ModelFormatException.class, () -> store.read("layers/gzip", 7, 10)).getMessage();
        assertTrue(message.contains("is pointed to twice"), message);
    }
}
