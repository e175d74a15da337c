package dev.gru.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuKindTest {

    @ParameterizedTest
    @CsvSource({"AuthenticAMD, 23, 1, Zen", "AuthenticAMD, 23, 49, Zen 2", "AuthenticAMD, 25, 1, Zen 3",
            "AuthenticAMD, 25, 17, Zen 4", "AuthenticAMD, 25, 33, Zen 3", "AuthenticAMD, 25, 97, Zen 4",
            "AuthenticAMD, 26, 2, Zen 5", "GenuineIntel, 6, 143, Sapphire Rapids", "GenuineIntel, 6, 106, Ice Lake"})
    void theKindStandsBehindTheName(String vendor, int family, int model, String kind) {
        assertEquals(Optional.of("A name (" + kind + ")"),
                CpuKind.describe(List.of("vendor_id\t: " + vendor, "cpu family\t: " + family, "model\t\t: " + model,
                        "model name\t: A name")));
    }

    @Test
    void armHasPartsAndNoName() {
        assertEquals(Optional.of("Neoverse V1"),
                CpuKind.describe(List.of("CPU implementer\t: 0x41", "CPU part\t: 0xd40")));
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertEquals(Optional.of("A name"), CpuKind.describe(List.of("vendor_id : GenuineIntel", "cpu family : 6",
                "model : 9999", "model name : A name")));
        assertEquals(Optional.empty(), CpuKind.describe(List.of("cpu family : six", "", "processor : 0")));
        assertEquals(Optional.empty(), CpuKind.describe(List.of()));
    }
}
